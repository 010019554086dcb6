// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts sessions in all, per identity and per resource pool against their limits.
final class SessionLimits {
  private final PoolConfig.Admission config;
  private final Map<Identity, Integer> byIdentity = new HashMap<>();
  private final Map<String, Integer> byResourcePool = new HashMap<>();
  private int all;

  SessionLimits(PoolConfig.Admission config) {
    this.config = config;
  }

  /// Refuses what could not be admitted into an empty pool.
  PoolException.@Nullable Rejected neverFits(LeaseRequest request, int accounts) {
    int tasks = request.tasks();
    if (tasks > config.sessionsPerIdentityMax()) {
      return new PoolException.Rejected(
          Limit.SESSIONS_PER_IDENTITY, tasks, config.sessionsPerIdentityMax());
    }
    int resourcePoolMax = resourcePoolMax(request);
    if (tasks > resourcePoolMax) {
      return new PoolException.Rejected(Limit.SESSIONS_PER_RESOURCE_POOL, tasks, resourcePoolMax);
    }
    if (tasks > config.sessionsMax()) {
      return new PoolException.Rejected(Limit.SESSIONS, tasks, config.sessionsMax());
    }
    if (tasks > accounts) {
      return new PoolException.Rejected(Limit.ACCOUNTS, tasks, accounts);
    }
    return null;
  }

  /// The narrowest limit in the way now: an identity's own limit holds up nobody else, the limit on
  /// all holds up everybody.
  @Nullable Limit blockedBy(LeaseRequest request) {
    int tasks = request.tasks();
    if (byIdentity.getOrDefault(request.identity(), 0) + tasks > config.sessionsPerIdentityMax()) {
      return Limit.SESSIONS_PER_IDENTITY;
    }
    if (byResourcePool.getOrDefault(request.key().resourcePool(), 0) + tasks
        > resourcePoolMax(request)) {
      return Limit.SESSIONS_PER_RESOURCE_POOL;
    }
    return all + tasks > config.sessionsMax() ? Limit.SESSIONS : null;
  }

  void take(LeaseRequest request) {
    add(request, request.tasks());
  }

  void give(LeaseRequest request, int tasks) {
    add(request, -tasks);
  }

  private void add(LeaseRequest request, int tasks) {
    all += tasks;
    byIdentity.merge(request.identity(), tasks, SessionLimits::sum);
    byResourcePool.merge(request.key().resourcePool(), tasks, SessionLimits::sum);
  }

  /// Null removes the entry, so that identities that left leave nothing behind.
  private static @Nullable Integer sum(int before, int change) {
    int after = before + change;
    return after == 0 ? null : after;
  }

  private int resourcePoolMax(LeaseRequest request) {
    return config
        .sessionsPerResourcePoolMax()
        .getOrDefault(request.key().resourcePool(), config.sessionsMax());
  }

  int all() {
    return all;
  }
}
