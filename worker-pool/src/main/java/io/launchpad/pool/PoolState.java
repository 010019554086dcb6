// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.EndCause.Unwanted.DEAD;
import static io.launchpad.pool.EndCause.Unwanted.LATE;
import static io.launchpad.pool.EndCause.Unwanted.UNCLAIMED;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All that the pool knows, and the steps by which it changes.
///
/// How the pool is built:
///
/// - *One lock*, [WorkerPool]'s, guards everything here and in the classes this one holds. There is
///   no second lock, so there is no lock order.
/// - *No call leaves the pool under the lock.* A step only notes the [Call]s it wants; [WorkerPool]
///   makes them after unlocking, and what they bring about comes back as a new step. Calls of
///   different steps may be made in any order and at the same time, so each step must hold its own
///   whatever happened since the one that asked for the call.
/// - *Every event names its slot*, and a slot belongs to one worker for ever (its generation). An
///   event that finds its slot in a state where it means nothing is late, and ignored.
/// - *Decisions are made in one place.* Steps record facts; after each, [Dispatcher] looks at the
///   whole and decides who is served and what is started or ended. So there is no event that a
///   decision could wait for in vain.
/// - *One alarm.* A step that makes something due calls [#wakeBy]; [Housekeeping] does what is due
///   and finds the next time.
final class PoolState<W extends Worker> {
  final PoolConfig config;
  final AccountLedger ledger;
  final SessionLimits limits;
  final FairQueue<W> queue = new FairQueue<>();
  final Map<WorkerKey, KeyShelf<W>> shelves = new LinkedHashMap<>();
  final Census census = new Census();
  private final WorkerPool<W> pool;
  private final RandomGenerator random;
  final Set<Slot<W>> slots = new LinkedHashSet<>();
  final Set<WorkerLease<W>> openLeases = new LinkedHashSet<>();
  final List<Call<W>> calls = new ArrayList<>();
  private long generations;
  @Nullable Long wakeNanos;

  /// Until when refilling rests because memory was short.
  @Nullable Long shedUntilNanos;

  /// Whether the pool is shutting down, and takes no more requests.
  boolean draining;

  PoolState(
      WorkerPool<W> pool,
      PoolConfig config,
      Collection<WorkerAccount> accounts,
      RandomGenerator random) {
    this.pool = pool;
    this.config = config;
    this.random = random;
    this.ledger = new AccountLedger(accounts);
    this.limits = new SessionLimits(config.admission());
    config.parking().ranges().keySet().forEach(this::shelf);
  }

  // Requests

  void submit(Waiter<W> waiter, long now) {
    waiter.generationMark = generations;
    var never = limits.neverFits(waiter.request, ledger.total());
    if (draining) {
      refuse(waiter, new PoolException.ShuttingDown(), now);
    } else if (never != null) {
      refuse(waiter, never, now);
    } else {
      shelf(waiter.request.key()).waiting++;
      queue.addLast(waiter);
      wakeBy(waiter.deadlineNanos);
    }
  }

  /// Refuses a request that could not be served at once and finds no room in the queue.
  void boundQueue(Waiter<W> newcomer, long now) {
    int own = queue.size(newcomer.request.identity());
    if (!queue.contains(newcomer)) {
      return;
    }
    if (own > config.admission().queuePerIdentityMax()) {
      unqueue(newcomer, now);
      refuse(
          newcomer,
          new PoolException.QueueFull(Limit.QUEUE_PER_IDENTITY, own - 1, stats(now)),
          now);
    } else if (queue.size() > config.admission().queueMax()) {
      unqueue(newcomer, now);
      refuse(newcomer, new PoolException.QueueFull(Limit.QUEUE, queue.size(), stats(now)), now);
    } else {
      notify(observer -> observer.queued(newcomer.request));
    }
  }

  /// The caller no longer wants it. If it is being answered at this moment, the hand-over finds
  /// out.
  void withdraw(Waiter<W> waiter, long now) {
    if (queue.contains(waiter)) {
      unqueue(waiter, now);
    }
  }

  void unqueue(Waiter<W> waiter, long now) {
    queue.remove(waiter);
    KeyShelf<W> shelf = shelf(waiter.request.key());
    shelf.waiting--;
    forgetIfEmpty(shelf, now);
  }

  void refuse(Waiter<W> waiter, PoolException cause, long now) {
    calls.add(new Call.Refuse<>(waiter, cause));
    Duration waited = Duration.ofNanos(now - waiter.madeNanos);
    notify(observer -> observer.refused(waiter.request, waited, cause));
  }

  void timeOut(Waiter<W> waiter, long now) {
    KeyShelf<W> shelf = shelf(waiter.request.key());
    var cause =
        new PoolException.WaitTimeout(
            shelf.key,
            Duration.ofNanos(now - waiter.madeNanos),
            stats(now),
            shelf.backoff.last(now));
    unqueue(waiter, now);
    refuse(waiter, cause, now);
  }

  // Starting

  void beginStart(KeyShelf<W> shelf, long now) {
    long generation = ++generations;
    long deadline = now + config.starts().deadline().toNanos();
    var state = new WorkerState.Starting<W>(deadline);
    var slot = new Slot<>(shelf, ledger.take(generation), generation, now, state);
    slots.add(slot);
    census.enter(state);
    shelf.census.enter(state);
    wakeBy(deadline);
    calls.add(new Call.Start<>(slot));
  }

  void started(Slot<W> slot, W worker, boolean alive, long now) {
    switch (slot.state()) {
      case WorkerState.Starting<W> _ -> {
        slot.startTookNanos = now - slot.bornNanos;
        if (alive) {
          park(slot, worker, now);
        } else {
          become(slot, ending(worker, DEAD, now));
          failed(slot, new IllegalStateException("the worker was dead on arrival"), now);
        }
      }
      case WorkerState.Abandoned<W> _ -> {
        if (!slot.state().isOf(worker)) {
          become(slot, new WorkerState.Abandoned<>(ending(worker, LATE, now)));
        }
      }
      case WorkerState.Parked<W> _,
          WorkerState.Leased<W> _,
          WorkerState.Ending<W> _,
          WorkerState.Gone<W> _ -> {
        if (!slot.state().isOf(worker)) {
          calls.add(new Call.Kill<>(worker, LATE)); // a factory that answers twice
        }
      }
    }
  }

  private void park(Slot<W> slot, W worker, long now) {
    become(slot, new WorkerState.Parked<>(worker, now));
    slot.shelf.parked.addFirst(slot);
    wakeBy(now + config.parking().idleTimeout().toNanos());
    Duration took = Duration.ofNanos(slot.startTookNanos);
    notify(observer -> observer.parked(slot.key(), slot.generation, took));
  }

  void startFailed(Slot<W> slot, Throwable cause, long now) {
    boolean clean = !(cause instanceof UncleanStartException);
    switch (slot.state()) {
      case WorkerState.Starting<W> _ -> {
        failed(slot, cause, now);
        bury(slot, clean, String.valueOf(cause.getMessage()), now);
      }
      case WorkerState.Abandoned<W>(var late) -> {
        if (late == null) {
          bury(slot, clean, String.valueOf(cause.getMessage()), now);
        }
      }
      case WorkerState.Parked<W> _,
          WorkerState.Leased<W> _,
          WorkerState.Ending<W> _,
          WorkerState.Gone<W> _ -> {}
    }
  }

  void abandon(Slot<W> slot, Throwable cause) {
    become(slot, new WorkerState.Abandoned<>(null));
    ledger.quarantine(slot.account, slot.generation, true);
    calls.add(new Call.Abandon<>(slot));
    notify(observer -> observer.quarantined(slot.account, String.valueOf(cause.getMessage())));
  }

  /// Notes a failed start, and when it is one too many, refuses those who wait for the key.
  void failed(Slot<W> slot, Throwable cause, long now) {
    KeyShelf<W> shelf = shelf(slot.key());
    Backoff backoff = shelf.backoff;
    backoff.failed(slot.generation, generations, now, cause);
    int consecutive = backoff.consecutive();
    notify(observer -> observer.startFailed(shelf.key, slot.generation, consecutive, cause));
    forgetIfEmpty(shelf, now);
    if (consecutive < config.starts().failuresMax() || shelf.waiting == 0) {
      return;
    }
    for (var waiter : queue.toList()) {
      if (waiter.request.key().equals(shelf.key)) {
        unqueue(waiter, now);
        refuse(waiter, new PoolException.StartFailed(shelf.key, consecutive, cause), now);
      }
    }
  }

  // Leases

  /// Serves the head of an identity's requests from parked workers, of which there are enough.
  void grant(Waiter<W> head, long now) {
    queue.serve(head);
    LeaseRequest request = head.request;
    KeyShelf<W> shelf = shelf(request.key());
    shelf.waiting--;
    limits.take(request);
    List<WorkerLease<W>> leases = new ArrayList<>(request.tasks());
    for (int i = 0; i < request.tasks(); i++) {
      Slot<W> slot = shelf.parked.removeFirst();
      if (!(slot.state() instanceof WorkerState.Parked<W>(var worker, _))) {
        throw new IllegalStateException("not parked: " + slot.state());
      }
      become(slot, new WorkerState.Leased<>(worker));
      ledger.attach(slot.account, slot.generation, request.identity());
      var lease = new WorkerLease<>(pool, slot, worker, head, head.firstTask() + i, now);
      slot.lease = lease;
      openLeases.add(lease);
      leases.add(lease);
      if (lease.cold()) {
        shelf.grow();
      }
    }
    if (!config.leakAfter().isZero()) {
      wakeBy(now + config.leakAfter().toNanos());
    }
    calls.add(new Call.HandOver<>(head, List.copyOf(leases)));
  }

  /// The caller has its leases.
  void handedOver(Waiter<W> waiter, List<WorkerLease<W>> leases) {
    KeyShelf<W> shelf = shelves.get(waiter.request.key());
    if (shelf != null) {
      shelf.backoff.forget();
    }
    Duration waited = leases.getFirst().waited();
    int cold = (int) leases.stream().filter(WorkerLease::cold).count();
    notify(observer -> observer.granted(waiter.request, waited, cold));
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
      putBack(waiter, now);
    }
    for (var lease : leases) {
      boolean isDead = dead.contains(lease);
      closeLease(lease, isDead ? DEAD : UNCLAIMED, now);
      if (isDead) {
        failed(lease.slot, new IllegalStateException("the worker was dead when leased"), now);
      }
    }
  }

  /// Gives a request that had its turn already the next one.
  private void putBack(Waiter<W> waiter, long now) {
    if (draining) {
      refuse(waiter, new PoolException.ShuttingDown(), now);
      return;
    }
    shelf(waiter.request.key()).waiting++;
    queue.putBack(waiter);
    wakeBy(waiter.deadlineNanos);
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
    failed(lease.slot, cause, now);
    if (lease.waiter.replaced == null) {
      putBack(waiter, now);
    } else {
      int consecutive = shelf(lease.key()).backoff.consecutive();
      refuse(waiter, new PoolException.StartFailed(lease.key(), consecutive, cause), now);
    }
  }

  /// The worker may be gone already: then the session was all that was left.
  private void closeLease(WorkerLease<W> lease, EndCause cause, long now) {
    if (!lease.open) {
      return;
    }
    lease.open = false;
    openLeases.remove(lease);
    if (lease.slot.isGone()) {
      limits.give(lease.waiter.request, 1);
    } else {
      end(lease.slot, cause, now);
    }
  }

  // Ending

  /// Asks a parked or leased worker to end.
  void end(Slot<W> slot, EndCause cause, long now) {
    switch (slot.state()) {
      case WorkerState.Parked<W>(var worker, _) -> {
        slot.shelf.parked.remove(slot);
        become(slot, ending(worker, cause, now));
      }
      case WorkerState.Leased<W>(var worker) -> become(slot, ending(worker, cause, now));
      case WorkerState.Starting<W> _,
          WorkerState.Ending<W> _,
          WorkerState.Abandoned<W> _,
          WorkerState.Gone<W> _ -> {}
    }
  }

  /// Asks a worker to end; gives the state that says so.
  private WorkerState.Ending<W> ending(W worker, EndCause cause, long now) {
    return ending(worker, cause, now, now);
  }

  private WorkerState.Ending<W> ending(W worker, EndCause cause, long since, long now) {
    long askAgain = now + config.endDeadline().toNanos();
    wakeBy(askAgain);
    calls.add(new Call.Kill<>(worker, cause));
    return new WorkerState.Ending<>(worker, cause, since, askAgain);
  }

  WorkerState.Ending<W> askAgain(Slot<W> slot, WorkerState.Ending<W> stuck, long now) {
    Duration since = Duration.ofNanos(now - stuck.sinceNanos());
    notify(observer -> observer.stuck(slot.key(), slot.generation, stuck.cause(), since));
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
      failed(
          slot, new IllegalStateException("the worker ended while parked: " + exit.detail()), now);
    }
    bury(slot, exit.accountClean(), exit.detail(), now);
    notify(observer -> observer.gone(slot.key(), slot.generation, exit));
  }

  /// Gives back what a worker that is no more had: slot, account and, if its lease is over, its
  /// place under the limits.
  private void bury(Slot<W> slot, boolean clean, String detail, long now) {
    become(slot, new WorkerState.Gone<>());
    slots.remove(slot);
    if (clean) {
      ledger.free(slot.account, slot.generation);
    } else {
      ledger.quarantine(slot.account, slot.generation, false);
      notify(observer -> observer.quarantined(slot.account, detail));
    }
    if (slot.lease != null && !slot.lease.open) {
      limits.give(slot.lease.waiter.request, 1);
    }
    forgetIfEmpty(slot.shelf, now);
  }

  // Time

  /// Whether the time has come. If not, the alarm will ring then.
  boolean isDue(long at, long now) {
    if (at - now <= 0) {
      return true;
    }
    wakeBy(at);
    return false;
  }

  void wakeBy(long at) {
    if (wakeNanos == null || at - wakeNanos < 0) {
      wakeNanos = at;
    }
  }

  // Helpers

  KeyShelf<W> shelf(WorkerKey key) {
    return shelves.computeIfAbsent(
        key,
        _ ->
            new KeyShelf<>(
                key,
                config.parking().ranges().getOrDefault(key, PoolConfig.Range.NONE),
                new Backoff(config.starts(), random)));
  }

  /// Keys come with requests, so what is kept for one must go when it is of no more use.
  void forgetIfEmpty(KeyShelf<W> shelf, long now) {
    if (config.parking().ranges().containsKey(shelf.key)) {
      return;
    }
    if (shelf.isForgettable(now)) {
      shelves.remove(shelf.key, shelf);
    } else if (shelf.backoff.remembers(now)) {
      wakeBy(shelf.backoff.forgottenAtNanos());
    }
  }

  void become(Slot<W> slot, WorkerState<W> next) {
    WorkerState<W> before = slot.state();
    slot.become(next);
    census.leave(before);
    slot.shelf.census.leave(before);
    census.enter(next);
    slot.shelf.census.enter(next);
    if (next instanceof WorkerState.Ending<W>(_, var cause, _, _)
        && !(before instanceof WorkerState.Ending<W>)) {
      notify(observer -> observer.ending(slot.key(), slot.generation, cause));
    }
  }

  void notify(Consumer<PoolObserver> event) {
    calls.add(new Call.Notify<>(event));
  }

  List<Call<W>> takeCalls() {
    List<Call<W>> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  PoolStats stats(long now) {
    Map<WorkerKey, PoolStats.Key> keys = new HashMap<>();
    for (var shelf : shelves.values()) {
      Throwable last = shelf.backoff.last(now);
      keys.put(
          shelf.key,
          new PoolStats.Key(
              shelf.census.counts(), shelf.waiting, last == null ? null : last.toString()));
    }
    return new PoolStats(
        config.admission().slotsMax(),
        census.counts(),
        census.abandoned(),
        queue.size(),
        limits.all(),
        ledger.counts(),
        keys);
  }
}
