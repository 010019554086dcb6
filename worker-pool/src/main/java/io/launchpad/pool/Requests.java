// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The steps of a request that has no workers: it comes, waits for its turn, goes away or is
/// refused.
final class Requests<W extends Worker> {
  private final PoolState<W> state;

  Requests(PoolState<W> state) {
    this.state = state;
  }

  void submit(Waiter<W> waiter, long now) {
    waiter.generationMark = state.generations();
    var never = state.limits.neverFits(waiter.request, state.ledger.total());
    var closed = closed();
    if (closed != null) {
      refuse(waiter, closed, now);
    } else if (never != null) {
      refuse(waiter, never, now);
    } else {
      state.shelf(waiter.request.key()).waiting++;
      state.queue.addLast(waiter);
      state.wakeBy(waiter.deadlineNanos);
    }
  }

  /// Refuses a request that could not be served at once and finds no room in the queue.
  void boundQueue(Waiter<W> newcomer, long now) {
    int own = state.queue.size(newcomer.request.identity());
    if (!state.queue.contains(newcomer)) {
      return;
    }
    if (own > state.config.admission().queuePerIdentityMax()) {
      unqueue(newcomer, now);
      refuse(
          newcomer,
          new PoolException.QueueFull(Limit.QUEUE_PER_IDENTITY, own - 1, state.stats(now)),
          now);
    } else if (state.queue.size() > state.config.admission().queueMax()) {
      unqueue(newcomer, now);
      refuse(
          newcomer,
          new PoolException.QueueFull(Limit.QUEUE, state.queue.size(), state.stats(now)),
          now);
    } else {
      state.notify(observer -> observer.queued(newcomer.request));
    }
  }

  /// The caller no longer wants it. If it is being answered at this moment, the hand-over finds
  /// out.
  void withdraw(Waiter<W> waiter, long now) {
    if (state.queue.contains(waiter)) {
      unqueue(waiter, now);
    }
  }

  /// Gives a request that had its turn already the next one.
  void putBack(Waiter<W> waiter, long now) {
    var closed = closed();
    if (closed != null) {
      refuse(waiter, closed, now);
      return;
    }
    state.shelf(waiter.request.key()).waiting++;
    state.queue.putBack(waiter);
    state.wakeBy(waiter.deadlineNanos);
  }

  /// Why nobody is served any more, if that is so.
  private @Nullable PoolException closed() {
    if (state.factoryEnd != null) {
      return new PoolException.FactoryEnded(state.factoryEnd);
    }
    return state.draining ? new PoolException.ShuttingDown() : null;
  }

  /// Refuses everybody who waits: the pool is closed.
  void refuseAll(long now) {
    for (var waiter : state.queue.toList()) {
      unqueue(waiter, now);
      refuse(waiter, Objects.requireNonNull(closed()), now);
    }
  }

  void unqueue(Waiter<W> waiter, long now) {
    state.queue.remove(waiter);
    KeyShelf<W> shelf = state.shelf(waiter.request.key());
    shelf.waiting--;
    state.forgetIfEmpty(shelf, now);
  }

  void refuse(Waiter<W> waiter, PoolException cause, long now) {
    state.calls.add(new Call.Refuse<>(waiter, cause));
    Duration waited = Duration.ofNanos(now - waiter.madeNanos);
    state.notify(observer -> observer.refused(waiter.request, waited, cause));
  }

  void timeOut(Waiter<W> waiter, long now) {
    KeyShelf<W> shelf = state.shelf(waiter.request.key());
    var cause =
        new PoolException.WaitTimeout(
            shelf.key,
            Duration.ofNanos(now - waiter.madeNanos),
            state.stats(now),
            shelf.backoff.last(now));
    unqueue(waiter, now);
    refuse(waiter, cause, now);
  }

  /// Notes a failed start, and when it is one too many, refuses those who wait for the key.
  void startFailed(Slot<W> slot, Throwable cause, long now) {
    KeyShelf<W> shelf = state.shelf(slot.key());
    Backoff backoff = shelf.backoff;
    backoff.failed(slot.generation, state.generations(), now, cause);
    int consecutive = backoff.consecutive();
    state.notify(observer -> observer.startFailed(shelf.key, slot.generation, consecutive, cause));
    state.forgetIfEmpty(shelf, now);
    if (consecutive < state.config.starts().failuresMax() || shelf.waiting == 0) {
      return;
    }
    for (var waiter : state.queue.toList()) {
      if (waiter.request.key().equals(shelf.key)) {
        unqueue(waiter, now);
        refuse(waiter, new PoolException.StartFailed(shelf.key, consecutive, cause), now);
      }
    }
  }
}
