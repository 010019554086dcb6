// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A resource pool with the limits that hold in it.
///
/// @param all of its sessions together
/// @param session of each session, unless it asks for less
/// @param deadline of each session, where the pool has one
public record LimitedPool(
    ResourcePool pool, ResourceLimits all, ResourceLimits session, Optional<Duration> deadline) {
  /// Limits nothing.
  public static final LimitedPool NONE =
      new LimitedPool(
          ResourcePool.NONE, ResourceLimits.NONE, ResourceLimits.NONE, Optional.empty());

  private static final long MILLI = 1_000;

  /// The configuration key of a limit of this pool.
  public String key(String name) {
    return "resource-pool." + pool.name() + "." + name;
  }

  /// What a session is told of its share of the machine, as BROKER.md has it. Libraries that start
  /// a thread or a process for each processor look at the second number of CPUs, not at the first.
  Map<String, String> environment() {
    var environment = new LinkedHashMap<String, String>();
    long memory = smaller(all.memoryBytes(), session.memoryBytes());
    if (memory > 0) {
      environment.put("LAUNCHPAD_SESSION_MEMORY", Long.toString(memory));
    }
    long milli = smaller(all.cpuMilli(), session.cpuMilli());
    if (milli > 0) {
      String cpus = Long.toString(Math.ceilDiv(milli, MILLI));
      environment.put("LAUNCHPAD_SESSION_CPUS", cpus);
      environment.put("LOKY_MAX_CPU_COUNT", cpus);
    }
    return environment;
  }

  /// 0 is no limit.
  private static long smaller(long one, long other) {
    return one == 0 || other == 0 ? Math.max(one, other) : Math.min(one, other);
  }
}
