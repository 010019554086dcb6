// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the [Call]s out of the pool and brings back what they lead to. Nothing here holds the
/// lock.
///
/// Whatever a factory, worker or observer throws stops here: no step of the pool may be lost to it.
final class Outside<W extends Worker> {
  private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);
  private final WorkerPool<W> pool;
  private final WorkerFactory<W> factory;
  private final PoolEnvironment environment;
  private final PoolObserver logging = new LoggingObserver();

  Outside(WorkerPool<W> pool, WorkerFactory<W> factory, PoolEnvironment environment) {
    this.pool = pool;
    this.factory = factory;
    this.environment = environment;
  }

  /// Hears of the factory's end.
  void listen() {
    try {
      var _ =
          factory
              .ended()
              .whenComplete((reason, failure) ->
                  pool.factoryEnded(reason == null ? "its end is unknown: " + failure : reason));
    } catch (Throwable e) {
      pool.factoryEnded("it does not say whether it has ended: " + e);
    }
  }

  /// Makes the calls of one step.
  ///
  /// @param own the request of the calling thread, which is answered here and now: nobody else has
  ///   its future yet, so no stranger's code can run in it
  void make(List<Call<W>> calls, @Nullable Waiter<W> own) {
    List<Consumer<PoolObserver>> events = new ArrayList<>();
    for (var call : calls) {
      switch (call) {
        case Call.Notify<W>(var event) -> events.add(event);
        case Call.HandOver<W>(var waiter, var leases) when waiter == own ->
            handOver(waiter, leases);
        case Call.Refuse<W>(var waiter, var cause) when waiter == own -> refuse(waiter, cause);
        default -> elsewhere(() -> make(call));
      }
    }
    if (!events.isEmpty()) {
      elsewhere(() -> events.forEach(this::tell));
    }
  }

  private void elsewhere(Runnable task) {
    try {
      environment.executor().execute(task);
    } catch (RejectedExecutionException e) {
      log.error("The pool's executor refuses work; doing it here", e);
      task.run();
    }
  }

  private void make(Call<W> call) {
    switch (call) {
      case Call.Start<W>(var slot, var purpose) -> start(slot, purpose);
      case Call.Abandon<W>(var slot) -> abandon(slot);
      case Call.Kill<W>(var worker, var cause) -> kill(worker, cause);
      case Call.HandOver<W>(var waiter, var leases) -> handOver(waiter, leases);
      case Call.Refuse<W>(var waiter, var cause) -> refuse(waiter, cause);
      case Call.Drained<W>(var future, var stats) -> future.complete(stats);
      case Call.Notify<W>(var event) -> tell(event);
    }
  }

  private void start(Slot<W> slot, StartPurpose purpose) {
    if (pool.isGone(slot)) {
      return; // the factory has ended since this was decided, and there is nothing to give up
    }
    CompletionStage<W> stage;
    try {
      stage = factory.start(slot.key(), purpose, slot.account, slot.generation);
      var _ = stage.whenComplete((worker, failure) -> answered(slot, worker, failure));
    } catch (Throwable e) {
      pool.startFailed(slot, e);
    } finally {
      slot.startCalled.complete(null);
    }
  }

  private void answered(Slot<W> slot, @Nullable W worker, @Nullable Throwable failure) {
    if (failure != null) {
      pool.startFailed(slot, unwrap(failure));
    } else if (worker == null) {
      pool.startFailed(slot, new UncleanStartException("the factory gave no worker", null));
    } else {
      pool.started(slot, worker, isAlive(worker));
      watch(slot, worker);
    }
  }

  private void watch(Slot<W> slot, W worker) {
    try {
      var _ =
          worker
              .exited()
              .whenComplete((exit, failure) -> {
                if (exit == null) {
                  unknownExit(slot, worker, failure);
                } else {
                  pool.exited(slot, worker, exit);
                }
              });
    } catch (Throwable e) {
      kill(worker, EndCause.Unwanted.DEAD);
      unknownExit(slot, worker, e);
    }
  }

  /// The slot is given back, the account is not.
  private void unknownExit(Slot<W> slot, W worker, @Nullable Throwable failure) {
    pool.exited(slot, worker, new WorkerExit(false, "exit unknown: " + failure));
  }

  private void abandon(Slot<W> slot) {
    var _ = slot.startCalled.thenRun(() -> abandonNow(slot));
  }

  private void abandonNow(Slot<W> slot) {
    try {
      factory.abandon(slot.key(), slot.account, slot.generation);
    } catch (Throwable e) {
      log.error("Giving up the start of worker {} of {} failed", slot.generation, slot.key(), e);
    }
  }

  private void kill(W worker, EndCause cause) {
    try {
      worker.kill(cause);
    } catch (Throwable e) {
      log.error("Killing {} failed; it is tried again after the end deadline", worker, e);
    }
  }

  private void handOver(Waiter<W> waiter, List<WorkerLease<W>> leases) {
    Set<WorkerLease<W>> dead = new HashSet<>();
    for (var lease : leases) {
      if (!isAlive(lease.worker())) {
        dead.add(lease);
      }
    }
    if (!dead.isEmpty()) {
      pool.deadAtHandOver(waiter, leases, dead);
    } else if (waiter.reply.grant().test(leases)) {
      pool.handedOver(waiter, leases);
    } else {
      pool.unclaimed(leases);
    }
  }

  private void refuse(Waiter<W> waiter, PoolException cause) {
    waiter.reply.future().completeExceptionally(cause);
  }

  private boolean isAlive(W worker) {
    try {
      return worker.isAlive();
    } catch (Throwable e) {
      log.error("{} does not say whether it is alive; taken for dead", worker, e);
      return false;
    }
  }

  private void tell(Consumer<PoolObserver> event) {
    event.accept(logging);
    try {
      event.accept(environment.observer());
    } catch (Throwable e) {
      log.error("The pool's observer failed", e);
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
