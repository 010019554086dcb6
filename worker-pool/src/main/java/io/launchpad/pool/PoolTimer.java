// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The pool's only clock and alarm.
public interface PoolTimer {
  /// Monotonic, as [System#nanoTime()].
  long nanoTime();

  /// Runs the task once, not before the delay is over, and never inside this call.
  void schedule(long delayNanos, Runnable task);

  static PoolTimer of(ScheduledExecutorService executor) {
    return new PoolTimer() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      @SuppressWarnings("FutureReturnValueIgnored") // the pool's task throws nothing
      public void schedule(long delayNanos, Runnable task) {
        executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
      }
    };
  }
}
