// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/// A clock that stands still until a test moves it. It starts near the overflow of nanoseconds, to
/// pass it.
final class FakeTimer implements PoolTimer {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.at - START).thenComparingLong(Task::number));
  private static final long START = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);
  private long now = START;
  private long numbers;

  private record Task(long at, long number, Runnable runnable) {}

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void schedule(long delayNanos, Runnable task) {
    if (delayNanos < 0) {
      throw new AssertionError("negative delay " + delayNanos);
    }
    tasks.add(new Task(now + delayNanos, numbers++, task));
  }

  void schedule(Duration delay, Runnable task) {
    schedule(delay.toNanos(), task);
  }

  /// Moves, and leaves what is due for later: a timer may be late.
  void pass(Duration time) {
    now += time.toNanos();
  }

  /// Moves to the next due task within the time and runs it; false if there is none, and the time
  /// is over.
  boolean advanceToNext(long untilNanos) {
    Task next = tasks.peek();
    if (next == null || next.at - untilNanos > 0) {
      now = untilNanos;
      return false;
    }
    tasks.remove();
    now = next.at;
    next.runnable.run();
    return true;
  }

  /// Whether a task should run without more time passing.
  boolean isDue() {
    Task next = tasks.peek();
    return next != null && next.at - now <= 0;
  }

  int scheduled() {
    return tasks.size();
  }
}
