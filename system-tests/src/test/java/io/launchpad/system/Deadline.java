// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// How long these tests wait for anything, generous because the machine may be busy.
final class Deadline {
  static final Duration LONG = Duration.ofSeconds(60);

  /// Other processes' state announces its changes to nobody: it is looked at this often.
  private static final Duration LOOK = Duration.ofMillis(5);

  private Deadline() {}

  /// Waits until what is looked at has changed as it should; fails with what it saw last.
  static void await(String what, Callable<Boolean> reached) {
    long end = System.nanoTime() + LONG.toNanos();
    try {
      while (!reached.call()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("not within " + LONG.toSeconds() + " s: " + what);
        }
        LockSupport.parkNanos(LOOK.toNanos());
      }
    } catch (Exception e) {
      throw new AssertionError("while waiting for: " + what, e);
    }
  }
}
