// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.EndCause.Unwanted.IDLE;

import java.time.Duration;
import java.util.List;

/// What time alone brings about: deadlines, idle workers, leaks. Run when the alarm rings, it does
/// what is due and finds the next time.
final class Housekeeping<W extends Worker> {
  private final PoolState<W> state;
  private final Requests<W> requests;
  private final Starts<W> starts;
  private final Endings<W> endings;

  Housekeeping(PoolState<W> state, Requests<W> requests, Starts<W> starts, Endings<W> endings) {
    this.state = state;
    this.requests = requests;
    this.starts = starts;
    this.endings = endings;
  }

  void tick(long now) {
    state.wakeNanos = null;
    for (var waiter : state.queue.toList()) {
      if (state.isDue(waiter.deadlineNanos, now)) {
        requests.timeOut(waiter, now);
      }
    }
    for (var slot : List.copyOf(state.slots)) {
      tick(slot, now);
    }
    for (var lease : state.openLeases) {
      if (!lease.leakReported && !state.config.leakAfter().isZero()) {
        reportLeak(lease, now);
      }
    }
    for (var shelf : List.copyOf(state.shelves.values())) {
      state.forgetIfEmpty(shelf, now);
    }
  }

  private void tick(Slot<W> slot, long now) {
    switch (slot.state()) {
      case WorkerState.Starting<W>(var deadline) -> {
        if (state.isDue(deadline, now)) {
          var cause =
              new IllegalStateException("no worker after " + state.config.starts().deadline());
          starts.giveUp(slot, cause);
          requests.startFailed(slot, cause, now);
        }
      }
      case WorkerState.Parked<W>(_, var since) -> {
        KeyShelf<W> shelf = slot.shelf;
        if (shelf.parked.size() > shelf.range.min()
            && state.isDue(since + state.config.parking().idleTimeout().toNanos(), now)) {
          shelf.shrink();
          endings.end(slot, IDLE, now);
        }
      }
      case WorkerState.Ending<W> ending -> {
        if (state.isDue(ending.askAgainNanos(), now)) {
          state.become(slot, endings.askAgain(slot, ending, now));
        }
      }
      case WorkerState.Abandoned<W>(var late) -> {
        if (late != null && state.isDue(late.askAgainNanos(), now)) {
          state.become(slot, new WorkerState.Abandoned<>(endings.askAgain(slot, late, now)));
        }
      }
      case WorkerState.Leased<W> _, WorkerState.Gone<W> _ -> {}
    }
  }

  private void reportLeak(WorkerLease<W> lease, long now) {
    if (state.isDue(lease.grantedNanos + state.config.leakAfter().toNanos(), now)) {
      lease.leakReported = true;
      Duration open = Duration.ofNanos(now - lease.grantedNanos);
      LeaseRequest request = lease.waiter.request;
      state.notify(observer -> observer.leaked(request, lease.generation(), open));
    }
  }
}
