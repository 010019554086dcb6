// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The pool with real threads, the real clock and workers that come and go on other threads.
class WorkerPoolStressTest {
  private static final WorkerKey KEY = new WorkerKey("python", "default");
  private static final int THREADS = 200;
  private static final int LEASES_EACH = 50;
  private static final int SESSIONS = 6;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<WorkerAccount, Long> occupied = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final List<String> wrong = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    timer.shutdownNow();
    threads.shutdownNow();
  }

  @Test
  @Timeout(60)
  void leases_neverShareAnAccountOrExceedTheLimitsWhenManyThreadsTake() throws Exception {
    var pool =
        WorkerPool.start(
            config(),
            accounts(),
            new AsyncFactory(),
            new PoolEnvironment(
                PoolTimer.of(timer), threads, RandomGenerator.getDefault(), PoolObserver.NONE));
    List<Future<Integer>> borrowers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      var identity = new Identity("engine", "user" + i % 10);
      borrowers.add(threads.submit(() -> takeMany(pool, identity)));
    }
    int served = 0;
    for (var borrower : borrowers) {
      served += borrower.get();
    }
    assertEquals(THREADS * LEASES_EACH, served);
    PoolStats left = pool.drain(Duration.ZERO).get(30, TimeUnit.SECONDS);
    assertEquals(List.of(), wrong);
    assertEquals(0, left.workers().slots());
    assertEquals(0, left.sessions());
    assertEquals(0, left.accounts().held());
    assertTrue(occupied.isEmpty());
  }

  private int takeMany(WorkerPool<AsyncWorker> pool, Identity identity) throws Exception {
    int served = 0;
    for (int i = 0; i < LEASES_EACH; i++) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
      var request = new LeaseRequest(KEY, identity, "r", deadline, 1);
      if (i % 7 == 3) {
        pool.borrow(request).cancel(false);
      }
      try (var lease = pool.borrow(request).get()) {
        use(lease);
        served++;
        lease.release(Outcome.COMPLETED);
      }
    }
    return served;
  }

  private void use(WorkerLease<AsyncWorker> lease) {
    if (open.incrementAndGet() > SESSIONS) {
      wrong.add("too many sessions");
    }
    Long holder = occupied.get(lease.account());
    if (holder == null || holder != lease.generation()) {
      wrong.add(lease + " but the account is held by " + holder);
    }
    if (!lease.worker().used.compareAndSet(0, 1)) {
      wrong.add(lease + " used twice");
    }
    open.decrementAndGet();
  }

  private static PoolConfig config() {
    return new PoolConfig(
        new PoolConfig.Admission(10, SESSIONS, 3, Map.of(), 10_000, 10_000, Duration.ofSeconds(50)),
        new PoolConfig.Parking(
            Map.of(KEY, new PoolConfig.Range(2, 4)),
            4,
            Duration.ZERO,
            4,
            Duration.ofMillis(5),
            Duration.ZERO),
        new PoolConfig.Starts(
            4, Duration.ofSeconds(5), Duration.ofNanos(1000), Duration.ofMillis(1), 1000),
        Duration.ofSeconds(5),
        Duration.ofMillis(1));
  }

  private static List<WorkerAccount> accounts() {
    List<WorkerAccount> made = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      made.add(new WorkerAccount("launchpad%02d".formatted(i), 7000 + i, 7000 + i));
    }
    return made;
  }

  /// Starts fail now and then; some workers are dead when they come.
  private final class AsyncFactory implements WorkerFactory<AsyncWorker> {
    @Override
    public CompletionStage<AsyncWorker> start(
        WorkerKey key, StartPurpose purpose, WorkerAccount account, long generation) {
      if (occupied.putIfAbsent(account, generation) != null) {
        wrong.add("account started twice: " + account);
      }
      var stage = new CompletableFuture<AsyncWorker>();
      threads.execute(() -> {
        if (generation % 13 == 5) {
          occupied.remove(account);
          stage.completeExceptionally(new IllegalStateException("simulated"));
        } else {
          stage.complete(new AsyncWorker(account, generation % 17 != 5));
        }
      });
      return stage;
    }

    @Override
    public void abandon(WorkerKey key, WorkerAccount account, long generation) {}

    @Override
    public CompletionStage<String> ended() {
      return new CompletableFuture<>();
    }
  }

  private final class AsyncWorker implements Worker {
    private final WorkerAccount account;
    private final boolean alive;
    private final CompletableFuture<WorkerExit> exited = new CompletableFuture<>();
    final AtomicInteger used = new AtomicInteger();

    AsyncWorker(WorkerAccount account, boolean alive) {
      this.account = account;
      this.alive = alive;
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public void kill(EndCause cause) {
      threads.execute(() -> {
        if (!exited.isDone()) {
          occupied.remove(account);
          exited.complete(new WorkerExit(true, "killed"));
        }
      });
    }

    @Override
    public CompletionStage<WorkerExit> exited() {
      return exited;
    }
  }
}
