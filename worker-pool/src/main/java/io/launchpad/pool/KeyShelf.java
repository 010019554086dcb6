// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the pool keeps for one key: its parked workers, the newest first, and what it learned of
/// starting them.
final class KeyShelf<W extends Worker> {
  final WorkerKey key;
  final PoolConfig.Range range;
  final Backoff backoff;
  final Census census = new Census();

  final Deque<Slot<W>> parked = new ArrayDeque<>();

  /// Requests of this key in the queue.
  int waiting;

  /// Workers spoken for by waiting requests; counted anew by each [Dispatcher#supply].
  int planned;

  private int target;

  /// Since when there are fewer spare workers than refilling aims at; null while there are enough.
  private @Nullable Long shortSinceNanos;

  KeyShelf(WorkerKey key, PoolConfig.Range range, Backoff backoff) {
    this.key = key;
    this.range = range;
    this.backoff = backoff;
    this.target = range.min();
  }

  /// How many spare workers refilling aims at.
  int target() {
    return target;
  }

  /// Takes the one that is to be leased next.
  Slot<W> takeParked() {
    return switch (range.next()) {
      case NEWEST -> parked.removeFirst();
      case OLDEST -> parked.removeLast();
    };
  }

  void grow() {
    target = Math.min(range.max(), target + 1);
  }

  void shrink() {
    target = Math.max(range.min(), target - 1);
  }

  /// Parked workers nobody waits for.
  int spareParked() {
    return Math.max(0, parked.size() - planned);
  }

  /// Workers under way that nobody waits for.
  int spareStarting() {
    return Math.min(census.starting(), spare());
  }

  /// Workers nobody waits for, parked or soon to be.
  int spare() {
    return Math.max(0, parked.size() + census.starting() - planned);
  }

  /// Looks whether spare workers are missing, and remembers since when.
  void noteShortage(long nowNanos) {
    if (spare() >= target) {
      shortSinceNanos = null;
    } else if (shortSinceNanos == null) {
      shortSinceNanos = nowNanos;
    }
  }

  /// When a missing spare worker may be started: at once where none is left.
  long refillAtNanos(Duration delay) {
    long since = Objects.requireNonNull(shortSinceNanos, "no spare worker is missing");
    return spare() == 0 ? since : since + delay.toNanos();
  }

  /// Whether nothing would be lost with this shelf.
  boolean isForgettable(long nowNanos) {
    return range.equals(PoolConfig.Range.NONE)
        && waiting == 0
        && census.slots() + census.abandoned() == 0
        && !backoff.remembers(nowNanos);
  }
}
