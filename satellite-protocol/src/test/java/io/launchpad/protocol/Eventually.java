// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what an event loop brings about and tells nobody of.
final class Eventually {
  private static final Duration TIME_MAX = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(1);

  private Eventually() {}

  /// Returns when the condition holds; fails when it does not in a time that no machine needs.
  static void holds(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TIME_MAX.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("still not: " + what);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
