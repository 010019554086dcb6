// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The right to use one worker for one session. It has one owner at a time.
///
/// A worker is used once: however the lease ends, its worker is killed, and slot and account come
/// back to the pool when it is gone. That the worker dies first does not end the lease; a session
/// may still be delivering what the worker left.
///
/// ```java
/// try (var lease = pool.borrow(request).get()) {
///   run(lease.worker());
///   lease.release(Outcome.COMPLETED);
/// }
/// ```
public final class WorkerLease<W extends Worker> implements AutoCloseable {
  private final WorkerPool<W> pool;
  private final W worker;
  private final int task;
  private final boolean cold;
  private final Duration waited;
  final Slot<W> slot;
  final Waiter<W> waiter;
  final long grantedNanos;

  // Guarded by the pool's lock.
  boolean open = true;
  boolean leakReported;

  WorkerLease(
      WorkerPool<W> pool, Slot<W> slot, W worker, Waiter<W> waiter, int task, long grantedNanos) {
    this.pool = pool;
    this.slot = slot;
    this.worker = worker;
    this.waiter = waiter;
    this.task = task;
    this.cold = slot.generation > waiter.generationMark;
    this.waited = Duration.ofNanos(grantedNanos - waiter.madeNanos);
    this.grantedNanos = grantedNanos;
  }

  public W worker() {
    return worker;
  }

  public WorkerKey key() {
    return slot.key();
  }

  public WorkerAccount account() {
    return slot.account;
  }

  public Identity identity() {
    return waiter.request.identity();
  }

  /// The worker's number, unique in the life of the pool.
  public long generation() {
    return slot.generation;
  }

  /// Which of the request's tasks this is, from 0.
  public int task() {
    return task;
  }

  /// Whether the worker was started only after the request was made.
  public boolean cold() {
    return cold;
  }

  /// From the request to the grant, a cold start included.
  public Duration waited() {
    return waited;
  }

  /// How long starting the worker took, whenever that was.
  public Duration startTook() {
    return Duration.ofNanos(slot.startTookNanos);
  }

  /// Ends the lease. The first outcome counts.
  public void release(Outcome outcome) {
    pool.release(this, outcome);
  }

  /// Ends this lease because its worker turned out dead before it read its script, and asks for
  /// another worker ahead of everybody who waits, until the request's deadline. Works once: a
  /// replacement that is dead too fails with [PoolException.StartFailed].
  ///
  /// @return as [WorkerPool#borrow]
  public CompletableFuture<WorkerLease<W>> replaceDead() {
    return pool.replaceDead(this);
  }

  /// Ends the lease as [Outcome#ABANDONED], unless it was released before.
  @Override
  public void close() {
    release(Outcome.ABANDONED);
  }

  @Override
  public String toString() {
    return "lease of worker %d (%s, %s) by %s"
        .formatted(slot.generation, key(), account().name(), identity());
  }
}
