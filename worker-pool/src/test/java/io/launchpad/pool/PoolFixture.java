// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/// A pool whose clock, threads and workers a test holds in its hands. Calls are made in order, by
/// [#advance] and [#settle].
final class PoolFixture implements WorkerFactory<PoolFixture.FakeWorker>, PoolObserver {
  static final WorkerKey KEY = new WorkerKey("python", "default");
  static final WorkerKey OTHER_KEY = new WorkerKey("r", "small");
  static final Identity ANN = new Identity("engine", "ann");
  static final Identity BOB = new Identity("engine", "bob");

  final FakeTimer timer = new FakeTimer();
  final List<Start> starts = new ArrayList<>();
  final List<CompletableFuture<FakeWorker>> stages = new ArrayList<>();
  final List<Long> abandoned = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  final CompletableFuture<String> ended = new CompletableFuture<>();
  final WorkerPool<FakeWorker> pool;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private int requests;

  /// Whether starts succeed at once.
  boolean automatic = true;

  /// Whether calls out of the pool are made at once, for who waits for the pool.
  boolean inline;

  record Start(
      WorkerKey key,
      StartPurpose purpose,
      WorkerAccount account,
      long generation,
      CompletableFuture<FakeWorker> stage) {
    FakeWorker succeed() {
      var worker = new FakeWorker(account);
      stage.complete(worker);
      return worker;
    }
  }

  static final class FakeWorker implements Worker {
    final WorkerAccount account;
    final List<EndCause> kills = new ArrayList<>();
    final CompletableFuture<WorkerExit> exited = new CompletableFuture<>();
    boolean alive = true;
    boolean endsWhenKilled;

    FakeWorker(WorkerAccount account) {
      this.account = account;
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public void kill(EndCause cause) {
      kills.add(cause);
      if (endsWhenKilled) {
        exit();
      }
    }

    @Override
    public CompletionStage<WorkerExit> exited() {
      return exited;
    }

    void exit() {
      exited.complete(new WorkerExit(true, "exit status 0"));
    }
  }

  PoolFixture(PoolConfig config, int accounts) {
    List<WorkerAccount> made = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      made.add(new WorkerAccount("launchpad%02d".formatted(i), 7000 + i, 7000 + i));
    }
    var environment = new PoolEnvironment(timer, this::execute, RandomGenerator.getDefault(), this);
    pool = WorkerPool.start(config, made, this, environment);
    settle();
  }

  /// Four slots, no limits below that, nothing parked unless asked for.
  static PoolConfig config(PoolConfig.Range parked) {
    return config(parked, 4, 4, Map.of(), 10);
  }

  static PoolConfig config(
      PoolConfig.Range parked,
      int sessionsMax,
      int perIdentityMax,
      Map<String, Integer> perResourcePool,
      int queueMax) {
    return new PoolConfig(
        new PoolConfig.Admission(
            4,
            sessionsMax,
            perIdentityMax,
            perResourcePool,
            queueMax,
            queueMax - 1,
            Duration.ofSeconds(30)),
        new PoolConfig.Parking(
            Map.of(KEY, parked),
            4,
            Duration.ofMillis(10),
            2,
            Duration.ofMinutes(1),
            Duration.ofSeconds(5)),
        new PoolConfig.Starts(
            4, Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ofSeconds(1), 3),
        Duration.ofSeconds(3),
        Duration.ofMinutes(10));
  }

  LeaseRequest request(WorkerKey key, Identity identity, int tasks) {
    long deadline = timer.nanoTime() + Duration.ofSeconds(20).toNanos();
    return new LeaseRequest(key, identity, "r" + requests++, deadline, tasks);
  }

  CompletableFuture<WorkerLease<FakeWorker>> borrow(Identity identity) {
    var future = pool.borrow(request(KEY, identity, 1));
    settle();
    return future;
  }

  CompletableFuture<List<WorkerLease<FakeWorker>>> borrowAll(
      WorkerKey key, Identity identity, int tasks) {
    var future = pool.borrowAll(request(key, identity, tasks));
    settle();
    return future;
  }

  /// Ends a lease and the worker with it.
  void finish(WorkerLease<FakeWorker> lease) {
    lease.release(Outcome.COMPLETED);
    lease.worker().exit();
    settle();
  }

  private void execute(Runnable task) {
    if (inline) {
      task.run();
    } else {
      tasks.add(task);
    }
  }

  void settle() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  void advance(Duration time) {
    long until = timer.nanoTime() + time.toNanos();
    settle();
    while (timer.advanceToNext(until)) {
      settle();
    }
  }

  @Override
  public CompletionStage<FakeWorker> start(
      WorkerKey key, StartPurpose purpose, WorkerAccount account, long generation) {
    var stage = stages.isEmpty() ? new CompletableFuture<FakeWorker>() : stages.removeFirst();
    var start = new Start(key, purpose, account, generation, stage);
    starts.add(start);
    if (automatic) {
      start.succeed();
    }
    return start.stage;
  }

  @Override
  public void abandon(WorkerKey key, WorkerAccount account, long generation) {
    abandoned.add(generation);
  }

  @Override
  public CompletionStage<String> ended() {
    return ended;
  }

  @Override
  public void factoryEnded(String reason) {
    events.add("factory ended: " + reason);
  }

  @Override
  public void leaked(LeaseRequest request, long generation, Duration open) {
    events.add("leaked " + request.requestId() + " " + open);
  }

  @Override
  public void stuck(WorkerKey key, long generation, EndCause cause, Duration since) {
    events.add("stuck " + generation);
  }

  @Override
  public void quarantined(WorkerAccount account, String reason) {
    events.add("quarantined " + account.name());
  }
}
