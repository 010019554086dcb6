// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.Identity;
import io.launchpad.pool.LeaseRequest;
import io.launchpad.pool.WorkerKey;
import io.launchpad.pool.WorkerLease;
import io.launchpad.pool.WorkerPool;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.service.launcher.Satellite;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The door to the pool: the N tasks of one parallel request, which come on N connections, are
/// asked for together, all or none.
///
/// Tasks belong together when engine and request id are the same. Those that came wait a bounded
/// time for the others.
final class TaskGate {
  private final WorkerPool<Satellite> pool;
  private final ScheduledExecutorService timer;
  private final Duration gatherTime;
  private final Map<GroupKey, Group> groups = new HashMap<>();

  /// What a task asks for.
  record Task(
      WorkerKey key,
      Identity identity,
      String requestId,
      int task,
      int tasks,
      long deadlineNanos) {}

  private record GroupKey(String engineId, String requestId) {}

  TaskGate(WorkerPool<Satellite> pool, ScheduledExecutorService timer, Duration gatherTime) {
    this.pool = pool;
    this.timer = timer;
    this.gatherTime = gatherTime;
  }

  /// Completes with the task's lease, or fails with a pool's exception or a [SessionFailure]. To
  /// cancel the future withdraws the task, and with it all tasks of its request that wait.
  CompletableFuture<WorkerLease<Satellite>> lease(Task task) {
    if (task.tasks() == 1) {
      return pool.borrow(
          new LeaseRequest(task.key(), task.identity(), task.requestId(), task.deadlineNanos(), 1));
    }
    var future = new CompletableFuture<WorkerLease<Satellite>>();
    Group complete = join(task, future);
    if (complete != null) {
      complete.askPool();
    }
    return future;
  }

  /// The place in the pool's queue of what was asked for; 0 while the request's other tasks are
  /// awaited.
  int place(Identity identity, String requestId) {
    return pool.place(identity, requestId);
  }

  private synchronized @Nullable Group join(
      Task task, CompletableFuture<WorkerLease<Satellite>> future) {
    var key = new GroupKey(task.identity().engineId(), task.requestId());
    Group group = groups.computeIfAbsent(key, k -> new Group(k, task));
    String conflict = group.conflict(task);
    if (conflict != null) {
      future.completeExceptionally(
          new SessionFailure(ErrorInfo.of(ErrorCode.BAD_REQUEST, conflict)));
      return null;
    }
    group.members.put(task.task(), future);
    var _ =
        future.whenComplete((_, _) -> {
          if (future.isCancelled()) {
            group.fail(
                new SessionFailure(
                    ErrorInfo.of(
                            ErrorCode.CANCELLED,
                            "task %d of the same request was withdrawn before all had a satellite"
                                .formatted(task.task()))
                        .withRetrySafe(true)));
          }
        });
    if (group.members.size() < task.tasks()) {
      return null;
    }
    group.closeDoor();
    return group;
  }

  private synchronized void expire(Group group) {
    if (groups.get(group.key) == group) {
      group.fail(
          new SessionFailure(
              ErrorInfo.of(
                      ErrorCode.BAD_REQUEST,
                      "only %d of the request's %d tasks came within %d ms"
                          .formatted(
                              group.members.size(), group.first.tasks(), gatherTime.toMillis()))
                  .withRetrySafe(true)));
    }
  }

  /// The tasks of one request that came so far. Guarded by the gate until its door is closed.
  private final class Group {
    private final GroupKey key;
    private final Task first;
    private final Map<Integer, CompletableFuture<WorkerLease<Satellite>>> members = new TreeMap<>();
    private final ScheduledFuture<?> timeout;
    private @Nullable CompletableFuture<List<WorkerLease<Satellite>>> asked;

    Group(GroupKey key, Task first) {
      this.key = key;
      this.first = first;
      timeout = timer.schedule(() -> expire(this), gatherTime.toMillis(), TimeUnit.MILLISECONDS);
    }

    private @Nullable String conflict(Task task) {
      if (!task.key().equals(first.key())
          || !task.identity().equals(first.identity())
          || task.tasks() != first.tasks()) {
        return "the tasks of request %s differ in principal, runtime, resource pool or their number"
            .formatted(task.requestId());
      }
      return members.containsKey(task.task())
          ? "task %d of request %s came twice".formatted(task.task(), task.requestId())
          : null;
    }

    private void closeDoor() {
      timeout.cancel(false);
      groups.remove(key);
    }

    private void askPool() {
      var request =
          new LeaseRequest(
              first.key(),
              first.identity(),
              first.requestId(),
              first.deadlineNanos(),
              first.tasks());
      var leases = pool.borrowAll(request);
      synchronized (TaskGate.this) {
        asked = leases;
      }
      var _ =
          leases.whenComplete((granted, failure) -> {
            if (failure != null) {
              fail(failure);
            } else {
              distribute(granted);
            }
          });
      if (members.values().stream().anyMatch(CompletableFuture::isDone)) {
        leases.cancel(false);
      }
    }

    private void distribute(List<WorkerLease<Satellite>> granted) {
      for (var lease : granted) {
        var member = members.get(lease.task());
        if (member == null || !member.complete(lease)) {
          lease.close();
        }
      }
    }

    /// All or none: what one member met, every other meets.
    private void fail(Throwable cause) {
      CompletableFuture<List<WorkerLease<Satellite>>> pending;
      synchronized (TaskGate.this) {
        timeout.cancel(false);
        groups.remove(key, this);
        pending = asked;
      }
      // Before the pool is told: its answer to that comes back here, and says less.
      members.values().forEach(member -> member.completeExceptionally(cause));
      if (pending != null) {
        pending.cancel(false);
      }
    }
  }
}
