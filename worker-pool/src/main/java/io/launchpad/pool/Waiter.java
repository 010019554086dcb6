// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A request on its way through the pool. It is in the queue, or being answered, or answered.
final class Waiter<W extends Worker> {
  final LeaseRequest request;
  final Reply<W> reply;
  final long madeNanos;

  /// The nearer of the request's deadline and the pool's limit on waiting.
  final long deadlineNanos;

  /// The newest worker when the request was made: one with a higher generation is a cold start. Set
  /// when it is queued first.
  long generationMark;

  /// The lease whose dead worker this is to replace.
  final @Nullable WorkerLease<W> replaced;

  /// How the caller hears of it.
  ///
  /// @param grant gives the leases to the future; false if the caller no longer wants them
  record Reply<W extends Worker>(
      CompletableFuture<?> future, Predicate<List<WorkerLease<W>>> grant) {
    static <W extends Worker> Reply<W> all(CompletableFuture<List<WorkerLease<W>>> future) {
      return new Reply<>(future, future::complete);
    }

    static <W extends Worker> Reply<W> one(CompletableFuture<WorkerLease<W>> future) {
      return new Reply<>(future, leases -> future.complete(leases.getFirst()));
    }

    boolean isWanted() {
      return !future.isDone();
    }
  }

  private Waiter(
      LeaseRequest request,
      Reply<W> reply,
      long madeNanos,
      long deadlineNanos,
      @Nullable WorkerLease<W> replaced) {
    this.request = request;
    this.reply = reply;
    this.madeNanos = madeNanos;
    this.deadlineNanos = deadlineNanos;
    this.replaced = replaced;
  }

  static <W extends Worker> Waiter<W> of(
      LeaseRequest request, Reply<W> reply, Duration waitMax, long nowNanos) {
    long waitEnd = nowNanos + waitMax.toNanos();
    long deadline = request.deadlineNanos() - waitEnd < 0 ? request.deadlineNanos() : waitEnd;
    return new Waiter<>(request, reply, nowNanos, deadline, null);
  }

  /// Waits for another worker in the place of a lease's, as if the lease had never been granted.
  static <W extends Worker> Waiter<W> replacing(WorkerLease<W> lease, Reply<W> reply) {
    Waiter<W> original = lease.waiter;
    LeaseRequest all = original.request;
    var one = new LeaseRequest(all.key(), all.identity(), all.requestId(), all.deadlineNanos(), 1);
    var waiter = new Waiter<>(one, reply, original.madeNanos, original.deadlineNanos, lease);
    waiter.generationMark = original.generationMark;
    return waiter;
  }

  /// The index, among the tasks of the original request, of the first one asked for here.
  int firstTask() {
    return replaced == null ? 0 : replaced.task();
  }
}
