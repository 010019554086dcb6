// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// What a session asks of the pool.
///
/// @param requestId the engine's, for people and to ask for its place; nothing else hangs on it
/// @param deadlineNanos when to give up waiting, on the clock of [PoolTimer#nanoTime()]; the pool's
///   own limit on waiting holds as well
/// @param tasks how many workers, admitted all or none
public record LeaseRequest(
    WorkerKey key, Identity identity, String requestId, long deadlineNanos, int tasks) {
  public LeaseRequest {
    Checks.atLeast(1, tasks, "tasks");
  }

  boolean isOf(Identity asker, String id) {
    return requestId.equals(id) && identity.equals(asker);
  }
}
