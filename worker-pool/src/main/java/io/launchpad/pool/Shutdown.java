// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.EndCause.Unwanted.DRAINED;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The end of the pool, in order: nobody new, grace for the sessions that run, the kill, a last
/// wait.
final class Shutdown<W extends Worker> {
  private final PoolState<W> state;
  private final Requests<W> requests;
  private final Starts<W> starts;
  private final Endings<W> endings;
  private @Nullable Drain drain;

  /// Under way.
  ///
  /// @param deadlineNanos when the sessions that still run are killed
  /// @param killed whether that was done; then it is the time to stop waiting for them to end
  private record Drain(CompletableFuture<PoolStats> future, long deadlineNanos, boolean killed) {}

  Shutdown(PoolState<W> state, Requests<W> requests, Starts<W> starts, Endings<W> endings) {
    this.state = state;
    this.requests = requests;
    this.starts = starts;
    this.endings = endings;
  }

  /// Takes no more requests, ends what serves nobody, and gives sessions until the deadline.
  CompletableFuture<PoolStats> begin(long deadlineNanos, long now) {
    if (drain == null) {
      drain = new Drain(new CompletableFuture<>(), deadlineNanos, false);
      state.draining = true;
      requests.refuseAll(now);
      for (var slot : List.copyOf(state.slots)) {
        if (slot.state() instanceof WorkerState.Starting<W>) {
          starts.abandon(slot);
        } else if (slot.state() instanceof WorkerState.Parked<W>) {
          endings.end(slot, DRAINED, now);
        }
      }
    } else if (!drain.killed && deadlineNanos - drain.deadlineNanos < 0) {
      drain = new Drain(drain.future, deadlineNanos, false);
    }
    state.wakeBy(drain.deadlineNanos);
    return drain.future;
  }

  /// Moves shutting down forward.
  void advance(long now) {
    if (drain == null || drain.future.isDone()) {
      return;
    }
    if (state.slots.isEmpty()) {
      state.calls.add(new Call.Drained<>(drain.future, state.stats(now)));
    } else if (state.isDue(drain.deadlineNanos, now)) {
      if (drain.killed) {
        state.calls.add(new Call.Drained<>(drain.future, state.stats(now)));
        return;
      }
      List.copyOf(state.slots).forEach(slot -> endings.end(slot, DRAINED, now));
      long giveUp = now + state.config.endDeadline().toNanos();
      drain = new Drain(drain.future, giveUp, true);
      state.wakeBy(giveUp);
    }
  }
}
