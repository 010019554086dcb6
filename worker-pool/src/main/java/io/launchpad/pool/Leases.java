// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.EndCause.Unwanted.DEAD;
import static io.launchpad.pool.EndCause.Unwanted.UNCLAIMED;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The steps of a lease: granted, handed over or not claimed, and closed.
final class Leases<W extends Worker> {
  private final WorkerPool<W> pool;
  private final PoolState<W> state;
  private final Requests<W> requests;
  private final Endings<W> endings;

  Leases(WorkerPool<W> pool, PoolState<W> state, Requests<W> requests, Endings<W> endings) {
    this.pool = pool;
    this.state = state;
    this.requests = requests;
    this.endings = endings;
  }

  /// Serves the head of an identity's requests from parked workers, of which there are enough.
  void grant(Waiter<W> head, long now) {
    state.queue.serve(head);
    LeaseRequest request = head.request;
    KeyShelf<W> shelf = state.shelf(request.key());
    shelf.waiting--;
    state.limits.take(request);
    List<WorkerLease<W>> leases = new ArrayList<>(request.tasks());
    for (int i = 0; i < request.tasks(); i++) {
      Slot<W> slot = shelf.takeParked();
      if (!(slot.state() instanceof WorkerState.Parked<W>(var worker, _))) {
        throw new IllegalStateException("not parked: " + slot.state());
      }
      state.become(slot, new WorkerState.Leased<>(worker));
      state.ledger.attach(slot.account, slot.generation, request.identity());
      var lease = new WorkerLease<>(pool, slot, worker, head, head.firstTask() + i, now);
      slot.lease = lease;
      state.openLeases.add(lease);
      leases.add(lease);
      if (lease.cold()) {
        shelf.grow();
      }
    }
    if (!state.config.leakAfter().isZero()) {
      state.wakeBy(now + state.config.leakAfter().toNanos());
    }
    state.calls.add(new Call.HandOver<>(head, List.copyOf(leases)));
  }

  /// The caller has its leases.
  void handedOver(Waiter<W> waiter, List<WorkerLease<W>> leases) {
    KeyShelf<W> shelf = state.shelves.get(waiter.request.key());
    if (shelf != null) {
      shelf.backoff.forget();
    }
    Duration waited = leases.getFirst().waited();
    int cold = (int) leases.stream().filter(WorkerLease::cold).count();
    state.notify(observer -> observer.granted(waiter.request, waited, cold));
  }

  /// The caller had gone when its leases came.
  void unclaimed(List<WorkerLease<W>> leases, long now) {
    leases.forEach(lease -> closeLease(lease, UNCLAIMED, now));
  }

  /// Some of the workers were dead when they were to be handed over. The request gets its turn
  /// again.
  void deadAtHandOver(
      Waiter<W> waiter, List<WorkerLease<W>> leases, Set<WorkerLease<W>> dead, long now) {
    if (waiter.reply.isWanted()) {
      requests.putBack(waiter, now);
    }
    for (var lease : leases) {
      boolean isDead = dead.contains(lease);
      closeLease(lease, isDead ? DEAD : UNCLAIMED, now);
      if (isDead) {
        requests.startFailed(
            lease.slot, new IllegalStateException("the worker was dead when leased"), now);
      }
    }
  }

  void release(WorkerLease<W> lease, Outcome outcome, long now) {
    closeLease(lease, new EndCause.Used(outcome), now);
  }

  /// Ends a lease whose worker its holder found dead, and puts the waiter for another one before
  /// everybody.
  void replaceDead(WorkerLease<W> lease, Waiter<W> waiter, long now) {
    if (!lease.open) {
      throw new IllegalStateException(lease + " is over");
    }
    closeLease(lease, DEAD, now);
    var cause = new IllegalStateException("the worker was dead before use");
    requests.startFailed(lease.slot, cause, now);
    if (lease.waiter.replaced == null) {
      requests.putBack(waiter, now);
    } else {
      int consecutive = state.shelf(lease.key()).backoff.consecutive();
      requests.refuse(waiter, new PoolException.StartFailed(lease.key(), consecutive, cause), now);
    }
  }

  /// The worker may be gone already: then the session was all that was left.
  private void closeLease(WorkerLease<W> lease, EndCause cause, long now) {
    if (!lease.open) {
      return;
    }
    lease.open = false;
    state.openLeases.remove(lease);
    if (lease.slot.isGone()) {
      state.limits.give(lease.waiter.request, 1);
    } else {
      endings.end(lease.slot, cause, now);
    }
  }
}
