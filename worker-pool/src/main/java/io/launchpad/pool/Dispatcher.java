// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static io.launchpad.pool.EndCause.Unwanted.EVICTED;
import static io.launchpad.pool.EndCause.Unwanted.SHED;
import static io.launchpad.pool.EndCause.Unwanted.SURPLUS;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// The pool's policy: who is served next, which workers are started for whom, which are ended.
///
/// Fairness is one rule: whoever is blocked holds up everybody behind who wants the same thing, and
/// nobody else. So a request for eight workers is not starved by a stream of requests for one, and
/// a full resource pool does not stop the others. Requests are admitted all tasks or none, from
/// parked workers only; a request never holds some workers while it waits for more, so two of them
/// cannot lock each other out.
final class Dispatcher<W extends Worker> {
  private final PoolState<W> state;
  private final Starts<W> starts;
  private final Leases<W> leases;
  private final Endings<W> endings;
  private final int slotsMax;
  private final int startingMax;
  private boolean refilling = true;

  private enum Start {
    BEGUN,
    /// The key's failures ask for a pause.
    PAUSED,
    /// As many starts are under way as may be.
    BUSY,
    /// No slot or no account is free.
    FULL
  }

  Dispatcher(PoolState<W> state, Starts<W> starts, Leases<W> leases, Endings<W> endings) {
    this.state = state;
    this.starts = starts;
    this.leases = leases;
    this.endings = endings;
    this.slotsMax = state.config.admission().slotsMax();
    this.startingMax = state.config.starts().startingMax();
  }

  /// Grants every request that can be, in turn.
  void serve(long now) {
    Set<String> closedPools = new HashSet<>();
    Set<WorkerKey> closedKeys = new HashSet<>();
    boolean again = !state.queue.isEmpty();
    while (again) {
      again = false;
      for (var head : state.queue.heads()) {
        WorkerKey key = head.request.key();
        Limit blocked = state.limits.blockedBy(head.request);
        if (blocked == Limit.SESSIONS) {
          return;
        }
        if (blocked == Limit.SESSIONS_PER_RESOURCE_POOL) {
          closedPools.add(key.resourcePool());
        }
        if (blocked != null || closedPools.contains(key.resourcePool())) {
          continue;
        }
        if (state.shelf(key).parked.size() < head.request.tasks()) {
          closedKeys.add(key);
        }
        if (!closedKeys.contains(key)) {
          leases.grant(head, now);
          again = true;
        }
      }
    }
  }

  /// Starts what waiting requests need, then what is to be parked, and ends what is too much.
  void supply(long now) {
    if (state.draining || state.factoryEnd != null) {
      return;
    }
    state.shelves.values().forEach(shelf -> shelf.planned = 0);
    if (startForWaiters(now)) {
      refill(now);
    }
    trim(now);
  }

  /// Plans workers for all who could be admitted now, in the order of their turns.
  ///
  /// @return whether slots and starts were enough for them
  private boolean startForWaiters(long now) {
    Set<String> closedPools = new HashSet<>();
    Set<Identity> closedIdentities = new HashSet<>();
    List<LeaseRequest> planned = new ArrayList<>();
    Shortage shortage = new Shortage();
    state.queue.visit(waiter -> {
      LeaseRequest request = waiter.request;
      if (closedIdentities.contains(request.identity())) {
        return true;
      }
      Limit blocked = state.limits.blockedBy(request);
      if (blocked == Limit.SESSIONS) {
        return false;
      }
      String resourcePool = request.key().resourcePool();
      if (blocked == Limit.SESSIONS_PER_RESOURCE_POOL) {
        closedPools.add(resourcePool);
      }
      if (blocked != null || closedPools.contains(resourcePool)) {
        closedIdentities.add(request.identity());
        return true;
      }
      state.limits.take(request);
      planned.add(request);
      shortage.start(state.shelf(request.key()), request.tasks(), now);
      return true;
    });
    planned.forEach(request -> state.limits.give(request, request.tasks()));
    return !shortage.any;
  }

  /// Starts workers as long as it goes, then makes room by ending parked ones that nobody earlier
  /// in the turn needs.
  private final class Shortage {
    boolean any;
    private int slotsWanted;

    void start(KeyShelf<W> shelf, int tasks, long now) {
      int missingBefore = missing(shelf);
      shelf.planned += tasks;
      int missing = missing(shelf) - missingBefore;
      while (missing > 0) {
        switch (tryStart(shelf, StartPurpose.REQUEST, now)) {
          case BEGUN -> missing--;
          case PAUSED -> {
            return;
          }
          case BUSY -> {
            any = true;
            return;
          }
          case FULL -> {
            any = true;
            slotsWanted += missing;
            makeRoom(now);
            return;
          }
        }
      }
    }

    private int missing(KeyShelf<W> shelf) {
      return Math.max(0, shelf.planned - shelf.parked.size() - shelf.census.starting());
    }

    private void makeRoom(long now) {
      while (slotsWanted > state.census.ending() && endSpare(EVICTED, KeyShelf::spareParked, now)) {
        // one worker of another key less
      }
    }
  }

  private Start tryStart(KeyShelf<W> shelf, StartPurpose purpose, long now) {
    if (shelf.backoff.blocks(now)) {
      state.wakeBy(shelf.backoff.notBeforeNanos());
      return Start.PAUSED;
    }
    if (state.census.starting() >= startingMax) {
      return Start.BUSY;
    }
    if (state.census.slots() >= slotsMax || state.ledger.freeCount() == 0) {
      return Start.FULL;
    }
    starts.begin(shelf, purpose, now);
    return Start.BEGUN;
  }

  /// Starts workers to be parked, the emptiest key first, not more at a time than configured.
  private void refill(long now) {
    if (!refilling) {
      return;
    }
    state.shelves.values().forEach(shelf -> shelf.noteShortage(now));
    while (spare() < state.config.parking().parkedMax()
        && state.census.starting() < state.config.parking().refillingMax()) {
      KeyShelf<W> shelf = neediest(now);
      if (shelf == null
          || isResting(now)
          || tryStart(shelf, StartPurpose.PARKING, now) != Start.BEGUN) {
        return;
      }
    }
  }

  /// From now on starts nothing that nobody waits for, and gives up what is under way of that.
  void stopRefilling() {
    refilling = false;
    for (var slot : List.copyOf(state.slots)) {
      if (slot.state() instanceof WorkerState.Starting<W> && slot.shelf.spareStarting() > 0) {
        starts.abandon(slot);
      }
    }
  }

  private int spare() {
    return state.shelves.values().stream().mapToInt(KeyShelf::spare).sum();
  }

  private @Nullable KeyShelf<W> neediest(long now) {
    KeyShelf<W> neediest = null;
    double least = 1;
    for (var shelf : state.shelves.values()) {
      double filled = shelf.target() == 0 ? 1 : (double) shelf.spare() / shelf.target();
      if (filled >= least) {
        continue;
      }
      if (shelf.backoff.blocks(now)) {
        state.wakeBy(shelf.backoff.notBeforeNanos());
        continue;
      }
      if (!state.isDue(shelf.refillAtNanos(state.config.parking().refillDelay()), now)) {
        continue;
      }
      least = filled;
      neediest = shelf;
    }
    return neediest;
  }

  /// Whether it is too early for another start nobody asked for.
  private boolean isResting(long now) {
    if (state.shedUntilNanos != null) {
      if (state.shedUntilNanos - now > 0) {
        state.wakeBy(state.shedUntilNanos);
        return true;
      }
      state.shedUntilNanos = null;
    }
    return false;
  }

  /// Ends what requests that went away have left parked above the maxima. Where requests wait,
  /// perhaps only for a session to end, nothing is ended: they would have to start it again.
  private void trim(long now) {
    ToIntFunction<KeyShelf<W>> unclaimed = shelf -> shelf.waiting > 0 ? 0 : shelf.parked.size();
    int surplus = -state.config.parking().parkedMax();
    for (var shelf : state.shelves.values()) {
      while (unclaimed.applyAsInt(shelf) > shelf.range.max()) {
        endings.end(shelf.parked.getLast(), SURPLUS, now);
      }
      surplus += unclaimed.applyAsInt(shelf);
    }
    while (surplus > 0 && endSpare(SURPLUS, unclaimed, now)) {
      surplus--;
    }
  }

  /// Ends up to so many parked workers because memory is short, and lets refilling rest.
  int shed(int workers, long now) {
    state.shedUntilNanos = now + state.config.parking().shedPause().toNanos();
    int ended = 0;
    while (ended < workers && endSpare(SHED, shelf -> shelf.parked.size(), now)) {
      ended++;
    }
    return ended;
  }

  /// Ends the oldest parked worker of the key that has most to spare over its minimum.
  private boolean endSpare(EndCause cause, ToIntFunction<KeyShelf<W>> spareOf, long now) {
    KeyShelf<W> richest = null;
    int most = Integer.MIN_VALUE;
    for (var shelf : state.shelves.values()) {
      int spare = spareOf.applyAsInt(shelf);
      if (spare > 0 && spare - shelf.range.min() > most) {
        most = spare - shelf.range.min();
        richest = shelf;
      }
    }
    if (richest == null) {
      return false;
    }
    endings.end(richest.parked.getLast(), cause, now);
    return true;
  }
}
