// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

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

/// All that the pool knows.
///
/// How the pool is built:
///
/// - *One lock*, [WorkerPool]'s, guards everything here, in the classes this one holds and in those
///   that change it. There is no second lock, so there is no lock order.
/// - *Steps change it*: those of [Requests], [Starts], [Leases], [Endings], [FactoryEnd] and
///   [Shutdown], each class over those before it.
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

  /// Why the factory is no more, and the pool with it.
  @Nullable String factoryEnd;

  PoolState(PoolConfig config, Collection<WorkerAccount> accounts, RandomGenerator random) {
    this.config = config;
    this.random = random;
    this.ledger = new AccountLedger(accounts);
    this.limits = new SessionLimits(config.admission());
    config.parking().ranges().keySet().forEach(this::shelf);
  }

  /// How many workers were ever begun: the last one's generation.
  long generations() {
    return generations;
  }

  long nextGeneration() {
    return ++generations;
  }

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
