// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The steps of a worker's end: it is asked to, asked again when it does not, and buried when it is
/// gone.
final class Endings<W extends Worker> {
  private final PoolState<W> state;
  private final Requests<W> requests;

  Endings(PoolState<W> state, Requests<W> requests) {
    this.state = state;
    this.requests = requests;
  }

  /// Asks a parked or leased worker to end.
  void end(Slot<W> slot, EndCause cause, long now) {
    switch (slot.state()) {
      case WorkerState.Parked<W>(var worker, _) -> {
        slot.shelf.parked.remove(slot);
        state.become(slot, ending(worker, cause, now));
      }
      case WorkerState.Leased<W>(var worker) -> state.become(slot, ending(worker, cause, now));
      case WorkerState.Starting<W> _,
          WorkerState.Ending<W> _,
          WorkerState.Abandoned<W> _,
          WorkerState.Gone<W> _ -> {}
    }
  }

  /// Asks up to so many parked workers to end that are outdated, the oldest of each key first; how
  /// many.
  int endOutdated(Predicate<? super W> outdated, int max, long now) {
    List<Slot<W>> chosen = new ArrayList<>();
    for (var shelf : state.shelves.values()) {
      for (var oldest = shelf.parked.descendingIterator(); oldest.hasNext(); ) {
        Slot<W> slot = oldest.next();
        W worker = slot.state().workerOrNull();
        if (chosen.size() < max && worker != null && outdated.test(worker)) {
          chosen.add(slot);
        }
      }
    }
    chosen.forEach(slot -> end(slot, EndCause.Unwanted.OUTDATED, now));
    return chosen.size();
  }

  /// Asks a worker to end; gives the state that says so.
  WorkerState.Ending<W> ending(W worker, EndCause cause, long now) {
    return ending(worker, cause, now, now);
  }

  private WorkerState.Ending<W> ending(W worker, EndCause cause, long since, long now) {
    long askAgain = now + state.config.endDeadline().toNanos();
    state.wakeBy(askAgain);
    state.calls.add(new Call.Kill<>(worker, cause));
    return new WorkerState.Ending<>(worker, cause, since, askAgain);
  }

  WorkerState.Ending<W> askAgain(Slot<W> slot, WorkerState.Ending<W> stuck, long now) {
    Duration since = Duration.ofNanos(now - stuck.sinceNanos());
    state.notify(observer -> observer.stuck(slot.key(), slot.generation, stuck.cause(), since));
    return ending(stuck.worker(), stuck.cause(), stuck.sinceNanos(), now);
  }

  /// A worker reported its end. Whoever reports for a worker that is not this slot's has nothing to
  /// say.
  void exited(Slot<W> slot, W worker, WorkerExit exit, long now) {
    if (!slot.state().isOf(worker)) {
      return;
    }
    if (slot.state() instanceof WorkerState.Parked<W>) {
      slot.shelf.parked.remove(slot);
      requests.startFailed(
          slot, new IllegalStateException("the worker ended while parked: " + exit.detail()), now);
    }
    bury(slot, exit.accountClean(), exit.detail(), now);
    state.notify(observer -> observer.gone(slot.key(), slot.generation, exit));
  }

  /// The factory of a worker, or of one to be, is no more. That its account is in quarantine then
  /// is no news of its own.
  void lost(Slot<W> slot, String reason, long now) {
    slot.shelf.parked.remove(slot);
    remove(slot, false, now);
    state.notify(
        observer -> observer.gone(slot.key(), slot.generation, new WorkerExit(false, reason)));
  }

  /// Gives back what a worker that is no more had: slot, account and, if its lease is over, its
  /// place under the limits.
  void bury(Slot<W> slot, boolean clean, String detail, long now) {
    remove(slot, clean, now);
    if (!clean) {
      state.notify(observer -> observer.quarantined(slot.account, detail));
    }
  }

  private void remove(Slot<W> slot, boolean clean, long now) {
    state.become(slot, new WorkerState.Gone<>());
    state.slots.remove(slot);
    if (clean) {
      state.ledger.free(slot.account, slot.generation);
    } else {
      state.ledger.quarantine(slot.account, slot.generation, false);
    }
    if (slot.lease != null && !slot.lease.open) {
      state.limits.give(slot.lease.waiter.request, 1);
    }
    state.forgetIfEmpty(slot.shelf, now);
  }
}
