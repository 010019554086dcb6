// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.EndCause.Unwanted.DEAD;
import static io.launchpad.pool.EndCause.Unwanted.LATE;

import java.time.Duration;

/// The steps of a worker's start: it is begun, and the worker comes, or fails, or is given up.
final class Starts<W extends Worker> {
  private final PoolState<W> state;
  private final Requests<W> requests;
  private final Endings<W> endings;

  Starts(PoolState<W> state, Requests<W> requests, Endings<W> endings) {
    this.state = state;
    this.requests = requests;
    this.endings = endings;
  }

  void begin(KeyShelf<W> shelf, StartPurpose purpose, long now) {
    long generation = state.nextGeneration();
    long deadline = now + state.config.starts().deadline().toNanos();
    var starting = new WorkerState.Starting<W>(deadline);
    var slot = new Slot<>(shelf, state.ledger.take(generation), generation, now, starting);
    state.slots.add(slot);
    state.census.enter(starting);
    shelf.census.enter(starting);
    state.wakeBy(deadline);
    state.calls.add(new Call.Start<>(slot, purpose));
  }

  void started(Slot<W> slot, W worker, boolean alive, long now) {
    switch (slot.state()) {
      case WorkerState.Starting<W> _ -> {
        slot.startTookNanos = now - slot.bornNanos;
        if (alive) {
          park(slot, worker, now);
        } else {
          state.become(slot, endings.ending(worker, DEAD, now));
          requests.startFailed(
              slot, new IllegalStateException("the worker was dead on arrival"), now);
        }
      }
      case WorkerState.Abandoned<W> _ -> {
        if (!slot.state().isOf(worker)) {
          state.become(slot, new WorkerState.Abandoned<>(endings.ending(worker, LATE, now)));
        }
      }
      case WorkerState.Parked<W> _,
          WorkerState.Leased<W> _,
          WorkerState.Ending<W> _,
          WorkerState.Gone<W> _ -> {
        if (!slot.state().isOf(worker)) {
          state.calls.add(new Call.Kill<>(worker, LATE)); // a factory that answers twice
        }
      }
    }
  }

  private void park(Slot<W> slot, W worker, long now) {
    state.become(slot, new WorkerState.Parked<>(worker, now));
    slot.shelf.parked.addFirst(slot);
    state.wakeBy(now + state.config.parking().idleTimeout().toNanos());
    Duration took = Duration.ofNanos(slot.startTookNanos);
    state.notify(observer -> observer.parked(slot.key(), slot.generation, took));
  }

  void failed(Slot<W> slot, Throwable cause, long now) {
    boolean clean = !(cause instanceof UncleanStartException);
    switch (slot.state()) {
      case WorkerState.Starting<W> _ -> {
        requests.startFailed(slot, cause, now);
        endings.bury(slot, clean, String.valueOf(cause.getMessage()), now);
      }
      case WorkerState.Abandoned<W>(var late) -> {
        if (late == null) {
          endings.bury(slot, clean, String.valueOf(cause.getMessage()), now);
        }
      }
      case WorkerState.Parked<W> _,
          WorkerState.Leased<W> _,
          WorkerState.Ending<W> _,
          WorkerState.Gone<W> _ -> {}
    }
  }

  /// Stops waiting for a start that takes too long. Its account cannot be used before the factory
  /// has answered, which somebody should know.
  void giveUp(Slot<W> slot, Throwable cause) {
    abandon(slot);
    state.notify(
        observer -> observer.quarantined(slot.account, String.valueOf(cause.getMessage())));
  }

  /// Lets the factory end a start that nobody wants any more.
  void abandon(Slot<W> slot) {
    state.become(slot, new WorkerState.Abandoned<>(null));
    state.ledger.quarantine(slot.account, slot.generation, true);
    state.calls.add(new Call.Abandon<>(slot));
  }
}
