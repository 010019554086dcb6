// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.pool.Identity;
import io.launchpad.pool.PoolConfig;
import io.launchpad.pool.PoolEnvironment;
import io.launchpad.pool.PoolObserver;
import io.launchpad.pool.PoolTimer;
import io.launchpad.pool.StartPurpose;
import io.launchpad.pool.WorkerAccount;
import io.launchpad.pool.WorkerFactory;
import io.launchpad.pool.WorkerKey;
import io.launchpad.pool.WorkerPool;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.service.launcher.Satellite;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The tasks of one request before a pool whose satellites never come.
@Timeout(30)
class TaskGateTest {
  private static final WorkerKey KEY = new WorkerKey("python", "default");

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final WorkerPool<Satellite> pool =
      WorkerPool.start(
          config(),
          List.of(new WorkerAccount("a", 1, 1), new WorkerAccount("b", 2, 2)),
          new NeverReady(),
          new PoolEnvironment(
              PoolTimer.of(timer), Runnable::run, RandomGenerator.getDefault(), PoolObserver.NONE));

  private static final class NeverReady implements WorkerFactory<Satellite> {
    @Override
    public CompletionStage<Satellite> start(
        WorkerKey key, StartPurpose purpose, WorkerAccount account, long generation) {
      return new CompletableFuture<>();
    }

    @Override
    public void abandon(WorkerKey key, WorkerAccount account, long generation) {}

    @Override
    public CompletionStage<String> ended() {
      return new CompletableFuture<>();
    }
  }

  private static PoolConfig config() {
    return new PoolConfig(
        new PoolConfig.Admission(2, 2, 2, Map.of(), 10, 10, Duration.ofMinutes(1)),
        new PoolConfig.Parking(
            Map.of(), 1, Duration.ofMillis(10), 1, Duration.ofMinutes(1), Duration.ofSeconds(5)),
        new PoolConfig.Starts(
            2, Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofSeconds(1), 3),
        Duration.ofSeconds(3),
        Duration.ZERO);
  }

  private static TaskGate.Task task(int number) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    return new TaskGate.Task(KEY, new Identity("engine", "ann"), "r-1", number, 2, deadline);
  }

  private static ErrorCode refusal(Future<?> future) {
    var thrown = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    return assertInstanceOf(SessionFailure.class, thrown.getCause()).error().code();
  }

  @AfterEach
  void end() {
    timer.shutdownNow();
  }

  @Test
  void lease_isCancelledForAllTasksWhenOneIsWithdrawnWhileThePoolWorks() {
    var gate = new TaskGate(pool, timer, Duration.ofMinutes(1));
    var first = gate.lease(task(0));
    var second = gate.lease(task(1));
    assertEquals(2, pool.snapshot().workers().starting());
    first.cancel(false);
    assertEquals(ErrorCode.CANCELLED, refusal(second));
    assertEquals(0, pool.snapshot().waiting());
  }

  @Test
  void lease_isRefusedToTheTasksThatCameWhenTheOthersDoNot() {
    var gate = new TaskGate(pool, timer, Duration.ofMillis(10));
    assertEquals(ErrorCode.BAD_REQUEST, refusal(gate.lease(task(0))));
    assertEquals(0, pool.snapshot().workers().starting());
  }
}
