// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps warm workers parked and leases each once, to whoever's turn it is.
///
/// Thread-safe. Its locking and inner order are described at `PoolState`. Futures that cannot be
/// answered at once are completed on the environment's executor. A future that was returned may be
/// cancelled (or completed by anyone else): that withdraws the request, and a lease on its way is
/// ended.
///
/// @param <W> the worker as the session needs it
public final class WorkerPool<W extends Worker> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);
  private final ReentrantLock lock = new ReentrantLock();
  private final PoolConfig config;
  private final PoolTimer timer;
  private final PoolState<W> state;
  private final Requests<W> requests;
  private final Starts<W> starts;
  private final Leases<W> leases;
  private final Endings<W> endings;
  private final Dispatcher<W> dispatcher;
  private final Housekeeping<W> housekeeping;
  private final FactoryEnd<W> factoryEnd;
  private final Shutdown<W> shutdown;
  private final Alarm alarm = new Alarm();
  private final Outside<W> outside;

  private WorkerPool(
      PoolConfig config,
      List<WorkerAccount> accounts,
      WorkerFactory<W> factory,
      PoolEnvironment environment) {
    this.config = config;
    this.timer = environment.timer();
    this.state = new PoolState<>(config, accounts, environment.random());
    this.requests = new Requests<>(state);
    this.endings = new Endings<>(state, requests);
    this.starts = new Starts<>(state, requests, endings);
    this.leases = new Leases<>(this, state, requests, endings);
    this.dispatcher = new Dispatcher<>(state, starts, leases, endings);
    this.housekeeping = new Housekeeping<>(state, requests, starts, endings);
    this.factoryEnd = new FactoryEnd<>(state, requests, endings);
    this.shutdown = new Shutdown<>(state, requests, starts, endings);
    this.outside = new Outside<>(this, factory, environment);
  }

  /// A pool that begins to park workers at once.
  ///
  /// @param accounts the pool's own; with more accounts than slots, starts that hang do not make
  ///   slots useless
  public static <W extends Worker> WorkerPool<W> start(
      PoolConfig config,
      List<WorkerAccount> accounts,
      WorkerFactory<W> factory,
      PoolEnvironment environment) {
    var pool = new WorkerPool<>(config, accounts, factory, environment);
    pool.outside.listen();
    pool.change(_ -> {});
    return pool;
  }

  /// Asks for one worker. The future fails with a [PoolException].
  public CompletableFuture<WorkerLease<W>> borrow(LeaseRequest request) {
    if (request.tasks() != 1) {
      throw new IllegalArgumentException("borrow is for one task, not " + request.tasks());
    }
    var future = new CompletableFuture<WorkerLease<W>>();
    submit(request, Waiter.Reply.one(future));
    return future;
  }

  /// Asks for as many workers as the request has tasks: all or none, in the order of the tasks.
  public CompletableFuture<List<WorkerLease<W>>> borrowAll(LeaseRequest request) {
    var future = new CompletableFuture<List<WorkerLease<W>>>();
    submit(request, Waiter.Reply.all(future));
    return future;
  }

  private void submit(LeaseRequest request, Waiter.Reply<W> reply) {
    var waiter = Waiter.of(request, reply, config.admission().waitMax(), timer.nanoTime());
    change(
        waiter,
        now -> {
          requests.submit(waiter, now);
          dispatcher.serve(now);
          requests.boundQueue(waiter, now);
        });
    withdrawWhenDone(waiter);
  }

  private void withdrawWhenDone(Waiter<W> waiter) {
    if (waiter.reply.isWanted()) {
      var _ =
          waiter
              .reply
              .future()
              .whenComplete((_, failure) -> {
                if (!(failure instanceof PoolException)) {
                  withdraw(waiter);
                }
              });
    }
  }

  private void withdraw(Waiter<W> waiter) {
    change(now -> requests.withdraw(waiter, now));
  }

  void release(WorkerLease<W> lease, Outcome outcome) {
    change(now -> leases.release(lease, outcome, now));
  }

  CompletableFuture<WorkerLease<W>> replaceDead(WorkerLease<W> lease) {
    var future = new CompletableFuture<WorkerLease<W>>();
    var waiter = Waiter.replacing(lease, Waiter.Reply.one(future));
    change(waiter, now -> leases.replaceDead(lease, waiter, now));
    withdrawWhenDone(waiter);
    return future;
  }

  /// Ends up to so many parked workers, below their minima too, and lets refilling rest. For memory
  /// pressure.
  ///
  /// @return how many were ended
  public int shed(int workers) {
    var ended = new AtomicInteger();
    change(now -> ended.set(dispatcher.shed(workers, now)));
    return ended.get();
  }

  /// Starts no more workers that nobody waits for: before the pool is shut down, while sessions
  /// still come to their ends.
  public void stopRefilling() {
    change(_ -> dispatcher.stopRefilling());
  }

  /// Ends up to so many parked workers that are not to be leased any more, below their minima too.
  /// Refilling replaces them.
  ///
  /// @param outdated called with the pool's lock held: must look at the worker and nothing else
  /// @return how many were ended
  public int endOutdated(Predicate<? super W> outdated, int max) {
    var ended = new AtomicInteger();
    change(now -> ended.set(endings.endOutdated(outdated, max, now)));
    return ended.get();
  }

  /// Makes a quarantined account usable again. The caller vouches that nothing of any worker is
  /// left under it.
  ///
  /// @return false if it is not in quarantine, or a start that was given up may still put a worker
  ///   there
  public boolean readmit(WorkerAccount account) {
    var readmitted = new AtomicBoolean();
    change(_ -> readmitted.set(state.ledger.readmit(account)));
    return readmitted.get();
  }

  /// The place in the queue of a request that was made, counted from 1, if every request before it
  /// were served in turn. 0 when it does not wait.
  public int place(Identity identity, String requestId) {
    lock.lock();
    try {
      return state.queue.place(identity, requestId);
    } finally {
      lock.unlock();
    }
  }

  /// A consistent look at the pool.
  public PoolStats snapshot() {
    lock.lock();
    try {
      return state.stats(timer.nanoTime());
    } finally {
      lock.unlock();
    }
  }

  /// Shuts down: refuses new and waiting requests, ends parked workers, lets sessions go on for the
  /// grace time and kills what is left of them. May be called again with a shorter grace.
  ///
  /// @return completes when no worker is left, or when the end deadline is over after the kill; the
  ///   counts say what is left
  public CompletableFuture<PoolStats> drain(Duration grace) {
    Checks.notNegative(grace, "grace");
    var drained = new AtomicReference<CompletableFuture<PoolStats>>();
    change(now -> drained.set(shutdown.begin(now + grace.toNanos(), now)));
    return drained.get().copy();
  }

  /// Shuts down without grace, and waits until that is done: at most for the end deadline.
  @Override
  public void close() {
    PoolStats left = drain(Duration.ZERO).join();
    if (left.workers().slots() + left.abandoned() > 0) {
      log.error("The pool is closed, but workers are left: {}", left);
    }
  }

  // What calls out of the pool bring back

  void started(Slot<W> slot, W worker, boolean alive) {
    change(now -> starts.started(slot, worker, alive, now));
  }

  void startFailed(Slot<W> slot, Throwable cause) {
    change(now -> starts.failed(slot, cause, now));
  }

  void exited(Slot<W> slot, W worker, WorkerExit exit) {
    change(now -> endings.exited(slot, worker, exit, now));
  }

  void factoryEnded(String reason) {
    change(now -> factoryEnd.ended(reason, now));
  }

  /// Whether nothing is to be started for this slot any more.
  boolean isGone(Slot<W> slot) {
    lock.lock();
    try {
      return slot.isGone();
    } finally {
      lock.unlock();
    }
  }

  void handedOver(Waiter<W> waiter, List<WorkerLease<W>> leases) {
    change(_ -> this.leases.handedOver(waiter, leases));
  }

  void unclaimed(List<WorkerLease<W>> leases) {
    change(now -> this.leases.unclaimed(leases, now));
  }

  void deadAtHandOver(Waiter<W> waiter, List<WorkerLease<W>> leases, Set<WorkerLease<W>> dead) {
    change(now -> this.leases.deadAtHandOver(waiter, leases, dead, now));
  }

  // Every change goes this way

  private void change(LongConsumer step) {
    change(null, step);
  }

  /// Takes a step, lets the dispatcher act on it, and makes the calls that came of both: also when
  /// the step or the dispatcher has a defect, since what was decided until then is decided.
  private void change(@Nullable Waiter<W> own, LongConsumer step) {
    List<Call<W>> calls = List.of();
    Long alarmAt = null;
    long now = 0;
    try {
      lock.lock();
      try {
        now = timer.nanoTime();
        try {
          step.accept(now);
        } finally {
          try {
            dispatcher.serve(now);
            dispatcher.supply(now);
            shutdown.advance(now);
          } finally {
            calls = state.takeCalls();
            alarmAt = alarm.arm(state.wakeNanos);
          }
        }
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException | Error e) {
      if (own != null) {
        // Nobody gets this future: a lease that comes for it is ended.
        own.reply.future().cancel(false);
      }
      throw e;
    } finally {
      if (alarmAt != null) {
        setAlarm(alarmAt, now);
      }
      outside.make(calls, own);
    }
  }

  private void setAlarm(long at, long now) {
    try {
      timer.schedule(Math.max(0, at - now), () -> ring(at));
    } catch (RuntimeException e) {
      log.error("The pool's timer refuses work: no deadline holds any more", e);
    }
  }

  private void ring(long at) {
    change(now -> {
      alarm.rang(at);
      housekeeping.tick(now);
    });
  }
}
