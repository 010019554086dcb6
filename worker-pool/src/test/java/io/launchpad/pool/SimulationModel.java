// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import io.launchpad.pool.HostileFactory.SimWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the simulation knows of the requests it made, and everything that must always hold.
final class SimulationModel implements PoolObserver {
  private final PoolConfig config;
  private final int accounts;
  private final boolean orderKept;
  private final boolean fairnessBounded;
  private final List<Asked> asked = new ArrayList<>();
  private final List<Asked> unanswered = new ArrayList<>();
  private final List<WorkerLease<SimWorker>> open = new ArrayList<>();
  private final Set<Long> generationsUsed = new HashSet<>();
  private final Set<LeaseRequest> answers = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable AssertionError broken;

  /// A request that was made, and how often others were served while it waited.
  static final class Asked {
    private final LeaseRequest request;
    private final long deadlineNanos;
    private final boolean replacement;
    private final int ownAhead;
    private final Map<Identity, Integer> served = new HashMap<>();
    private @Nullable CompletableFuture<List<WorkerLease<SimWorker>>> future;
    private @Nullable CompletableFuture<?> promise;
    private boolean cancelled;
    private int granted;

    private Asked(LeaseRequest request, long deadlineNanos, boolean replacement, int ownAhead) {
      this.request = request;
      this.deadlineNanos = deadlineNanos;
      this.replacement = replacement;
      this.ownAhead = ownAhead;
    }

    LeaseRequest request() {
      return request;
    }

    boolean isPending() {
      return future == null || !future.isDone();
    }

    /// What the pool gave, to be cancelled.
    CompletableFuture<?> promise() {
      if (promise == null) {
        throw new AssertionError("not asked yet");
      }
      return promise;
    }

    CompletableFuture<List<WorkerLease<SimWorker>>> future() {
      if (future == null) {
        throw new AssertionError("not asked yet");
      }
      return future;
    }
  }

  SimulationModel(PoolConfig config, int accounts, boolean orderKept, boolean fairnessBounded) {
    this.config = config;
    this.accounts = accounts;
    this.orderKept = orderKept;
    this.fairnessBounded = fairnessBounded;
  }

  static void require(boolean condition, String otherwise, @Nullable Object... facts) {
    if (!condition) {
      throw new AssertionError(otherwise + ": " + Arrays.toString(facts));
    }
  }

  boolean isStrictlyFair() {
    return orderKept;
  }

  List<Asked> asked() {
    return asked;
  }

  List<Asked> pending() {
    unanswered.removeIf(request -> !request.isPending());
    return List.copyOf(unanswered);
  }

  List<WorkerLease<SimWorker>> openLeases() {
    return List.copyOf(open);
  }

  // What the simulation does

  Asked ask(LeaseRequest request, long now) {
    int ahead =
        (int)
            pending().stream()
                .filter(other -> other.request.identity().equals(request.identity()))
                .count();
    long waitEnd = now + config.admission().waitMax().toNanos();
    long deadline = waitEnd - request.deadlineNanos() < 0 ? waitEnd : request.deadlineNanos();
    return add(new Asked(request, deadline, false, ahead));
  }

  Asked askReplacement(WorkerLease<SimWorker> lease) {
    LeaseRequest old = lease.waiter.request;
    var request =
        new LeaseRequest(old.key(), old.identity(), old.requestId(), old.deadlineNanos(), 1);
    return add(new Asked(request, lease.waiter.deadlineNanos, true, 0));
  }

  private Asked add(Asked made) {
    asked.add(made);
    unanswered.add(made);
    return made;
  }

  /// Takes the pool's promise and listens to it.
  void asked(
      Asked made,
      CompletableFuture<?> promise,
      CompletableFuture<List<WorkerLease<SimWorker>>> future) {
    made.promise = promise;
    made.future = future;
    var _ =
        future.whenComplete((leases, failure) -> {
          try {
            answered(made, leases, failure);
          } catch (AssertionError e) {
            broken = e; // a future swallows what its listeners throw
          }
        });
  }

  private void answered(
      Asked made, @Nullable List<WorkerLease<SimWorker>> leases, @Nullable Throwable failure) {
    if (leases != null) {
      granted(made, leases);
    } else if (!made.cancelled) {
      require(
          failure instanceof PoolException || failure instanceof CompletionException,
          "unexpected answer",
          failure);
    }
  }

  void cancelled(Asked request) {
    request.cancelled = true;
  }

  void released(WorkerLease<SimWorker> lease) {
    open.remove(lease);
  }

  private void granted(Asked request, List<WorkerLease<SimWorker>> leases) {
    require(++request.granted == 1, "granted twice", request.request);
    require(leases.size() == request.request.tasks(), "wrong number of leases", leases.size());
    for (var lease : leases) {
      require(generationsUsed.add(lease.generation()), "worker used twice", lease);
      require(lease.worker().generation() == lease.generation(), "not the lease asked for", lease);
      require(lease.worker().account().equals(lease.account()), "not the lease asked for", lease);
      require(lease.key().equals(request.request.key()), "not the lease asked for", lease);
      require(lease.worker().key().equals(lease.key()), "not the lease asked for", lease);
      require(
          lease.identity().equals(request.request.identity()), "not the lease asked for", lease);
      open.add(lease);
    }
    if (orderKept && !request.replacement) {
      checkOrder(request);
    }
  }

  private void checkOrder(Asked request) {
    for (var other : unanswered) {
      if (!other.isPending() || other == request || other.replacement) {
        continue;
      }
      boolean same = other.request.identity().equals(request.request.identity());
      if (same) {
        require(
            asked.indexOf(other) > asked.indexOf(request),
            "served before one that came earlier",
            request.request,
            other.request);
      } else if (fairnessBounded) {
        int served = other.served.merge(request.request.identity(), 1, Integer::sum);
        require(
            served <= other.ownAhead + 1,
            "passed over too often",
            other.request,
            served,
            request.request.identity());
      }
    }
  }

  @Override
  public void granted(LeaseRequest request, Duration waited, int cold) {
    answered(request);
  }

  @Override
  public void refused(LeaseRequest request, Duration waited, PoolException cause) {
    answered(request);
  }

  private void answered(LeaseRequest request) {
    if (!answers.add(request)) {
      broken = new AssertionError("answered twice: " + request);
    }
  }

  // What must hold

  /// At any moment, whatever calls are still to be made.
  void check(PoolStats stats, HostileFactory factory) {
    if (broken != null) {
      throw broken;
    }
    if (factory.broken() != null) {
      throw factory.broken();
    }
    var admission = config.admission();
    int slots = stats.workers().slots();
    require(slots <= admission.slotsMax(), "too many slots", stats);
    require(stats.sessions() <= admission.sessionsMax(), "too many sessions", stats);
    require(
        open.size() <= stats.sessions(),
        "more leases open than sessions counted",
        open.size(),
        stats);
    require(stats.workers().starting() <= config.starts().startingMax(), "too many starts", stats);
    var held = stats.accounts();
    require(held.free() + held.held() + held.quarantined() == accounts, "accounts lost", stats);
    require(held.held() == slots, "accounts held without a slot", stats);
    require(stats.abandoned() <= held.quarantined(), "abandoned but not in quarantine", stats);
    if (factory.ended().toCompletableFuture().isDone()) {
      checkAfterFactory(stats);
    } else if (!factory.isDead()) {
      require(
          factory.living() <= slots + stats.abandoned(),
          "more living than slots",
          factory.living(),
          stats);
    }
    countOpen(WorkerLease::identity)
        .forEach((identity, count) ->
            require(
                count <= admission.sessionsPerIdentityMax(), "over the limit", identity, count));
    countOpen(lease -> lease.key().resourcePool())
        .forEach((name, count) ->
            require(
                count
                    <= admission
                        .sessionsPerResourcePoolMax()
                        .getOrDefault(name, admission.sessionsMax()),
                "over the limit",
                name,
                count));
  }

  /// From the moment on that the pool was told.
  private static void checkAfterFactory(PoolStats stats) {
    require(stats.workers().slots() == 0, "workers without a factory", stats);
    require(stats.abandoned() == 0, "starts without a factory", stats);
    require(stats.waiting() == 0, "somebody waits without a factory", stats);
    require(stats.accounts().held() == 0, "accounts held without a factory", stats);
  }

  private <T> Map<T, Integer> countOpen(Function<WorkerLease<SimWorker>, T> by) {
    Map<T, Integer> counts = new HashMap<>();
    open.forEach(lease -> counts.merge(by.apply(lease), 1, Integer::sum));
    return counts;
  }

  /// When every call out of the pool was made.
  void checkSettled(PoolStats stats, HostileFactory factory, long now) {
    require(
        factory.isDead() || factory.living() == stats.workers().slots() + stats.abandoned(),
        "the pool does not know how many live",
        stats,
        factory.living());
    List<Asked> pending = pending();
    require(
        stats.waiting() == pending.size(),
        "pending requests are not the waiting ones",
        pending.size(),
        stats);
    for (var request : pending) {
      require(request.deadlineNanos - now > 0, "waits past its deadline", request.request);
    }
    if (orderKept) {
      long queued = pending.stream().filter(request -> !request.replacement).count();
      // A request that was given a dead worker has had its turn, and gets it again in any case.
      long atMost = config.admission().queueMax() + factory.foundDead();
      require(queued <= atMost, "queue too long", stats);
    }
    stats
        .keys()
        .forEach((key, counts) -> {
          var range = config.parking().ranges().getOrDefault(key, PoolConfig.Range.NONE);
          require(
              counts.waiting() > 0 || counts.workers().parked() <= range.max(),
              "too many parked of a key",
              key,
              counts);
        });
    require(
        stats.waiting() > 0 || stats.workers().parked() <= config.parking().parkedMax(),
        "too many parked",
        stats);
  }

  /// When nobody asked for anything for a long time: the minima are parked, as far as slots and
  /// accounts go.
  void checkAtRest(PoolStats stats, HostileFactory factory) {
    int minima = config.parking().ranges().values().stream().mapToInt(PoolConfig.Range::min).sum();
    int possible = Math.min(minima, accounts - stats.accounts().quarantined());
    require(stats.workers().starting() == 0, "starts at rest", stats);
    require(stats.workers().ending() == 0, "ends at rest", stats);
    require(stats.sessions() == 0, "sessions at rest", stats);
    require(stats.workers().parked() >= possible, "fewer parked than the minima", possible, stats);
    require(
        stats.accounts().quarantined() == factory.soiled().size() + factory.lost(),
        "quarantine",
        stats,
        factory.soiled(),
        factory.lost());
  }

  void checkEnd(PoolStats stats, HostileFactory factory, int accounts) {
    require(stats.workers().slots() == 0, "workers left", stats);
    require(stats.waiting() == 0 && pending().isEmpty(), "requests left", stats);
    require(stats.sessions() == 0 && open.isEmpty(), "sessions left", stats);
    require(stats.abandoned() == factory.lost(), "abandoned", stats);
    require(factory.living() == factory.lost(), "living", factory.living());
    require(
        stats.accounts().free() == accounts - factory.soiled().size() - factory.lost(),
        "accounts not free at the end",
        stats,
        factory.soiled());
    checkAnswered();
  }

  /// A broker has ended, and the service with it.
  void checkEndOfFactory(PoolStats stats) {
    checkAfterFactory(stats);
    require(pending().isEmpty(), "requests left");
    require(stats.sessions() == 0 && open.isEmpty(), "sessions left", stats);
    checkAnswered();
  }

  private void checkAnswered() {
    for (var request : asked) {
      boolean answered = request.replacement || answers.contains(request.request);
      require(answered || request.cancelled, "not answered", request.request);
    }
  }
}
