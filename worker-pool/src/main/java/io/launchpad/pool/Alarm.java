// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Decides when the timer has to be set anew. Timers cannot be called back, so one is set only if
/// none that is out already goes off early enough.
final class Alarm {
  private final TreeSet<Long> set = new TreeSet<>((a, b) -> Long.signum(a - b));

  /// Notes a timer as set if one is needed.
  ///
  /// @param wakeNanos when the pool must look next
  /// @return the time to set a timer for, if one must be set
  @Nullable Long arm(@Nullable Long wakeNanos) {
    if (wakeNanos == null || (!set.isEmpty() && set.first() - wakeNanos <= 0)) {
      return null;
    }
    set.add(wakeNanos);
    return wakeNanos;
  }

  /// Notes that the timer set for this time went off.
  void rang(long atNanos) {
    set.remove(atNanos);
  }
}
