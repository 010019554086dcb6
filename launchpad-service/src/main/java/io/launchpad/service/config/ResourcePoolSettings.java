// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One resource pool: named limits for the sessions that are classified into it. `default` always
/// exists.
///
/// @param all of its sessions together
/// @param session of each of them
/// @param cpuList the CPUs its sessions run on, as `0-3,6`; empty: all
public record ResourcePoolSettings(
    String name, int sessionsMax, Shares all, Shares session, SessionTime time, String cpuList) {
  /// The pool of a request that names none.
  public static final String STANDARD = "default";

  private static final DataSize MEMORY_MIN = DataSize.mib(16);
  private static final DataSize MEMORY_MAX = DataSize.gib(1L << 20);
  private static final DataSize SESSION_MEMORY = DataSize.gib(4);
  private static final long SESSION_PROCESSES = 512;
  private static final long PROCESSES_MAX = 4_000_000;
  private static final Duration TIME_MAX = Duration.ofDays(365);

  /// What the kernel divides; empty is unlimited.
  public record Shares(Limit<DataSize> memory, Limit<Long> processes, Limit<CpuShare> cpus) {}

  /// The hard limits in time of each session.
  public record SessionTime(Limit<Duration> cpuTime, Limit<Duration> deadline) {}

  /// A limit as configured.
  ///
  /// @param value empty is unlimited
  /// @param usual whether it is as it would be without the key: such a one may be left out where
  ///   nothing is confined
  public record Limit<T>(String key, Optional<T> value, boolean usual) {
    /// As the file has it, or would.
    public String line() {
      return key + " = " + value.map(ConfigReader::print).orElse(ConfigReader.UNLIMITED);
    }
  }

  static ResourcePoolSettings read(ConfigReader in, String name) {
    String prefix = "resource-pool." + name + ".";
    return new ResourcePoolSettings(
        name,
        in.integer(prefix + "sessions-max", 10_000, 1, 10_000),
        new Shares(
            in.limit(
                prefix + "memory", Optional.empty(), ConfigReader.sizes(MEMORY_MIN, MEMORY_MAX)),
            in.limit(prefix + "processes", Optional.empty(), ConfigReader.counts(2, PROCESSES_MAX)),
            in.limit(prefix + "cpus", Optional.empty(), CpuShare::parse)),
        new Shares(
            in.limit(
                prefix + "session-memory",
                Optional.of(SESSION_MEMORY),
                ConfigReader.sizes(MEMORY_MIN, MEMORY_MAX)),
            in.limit(
                prefix + "session-processes",
                Optional.of(SESSION_PROCESSES),
                ConfigReader.counts(1, PROCESSES_MAX)),
            in.limit(prefix + "session-cpus", Optional.empty(), CpuShare::parse)),
        new SessionTime(
            in.limit(
                prefix + "session-cpu-time",
                Optional.empty(),
                ConfigReader.durations(Duration.ofMillis(100), TIME_MAX)),
            in.limit(
                prefix + "session-deadline",
                Optional.empty(),
                ConfigReader.durations(Duration.ofMillis(1), TIME_MAX))),
        in.optional(prefix + "cpu-list", ResourcePoolSettings::cpuList).orElse(""));
  }

  private static String cpuList(String typed) {
    if (!typed.matches("\\d{1,5}(-\\d{1,5})?(,\\d{1,5}(-\\d{1,5})?){0,30}")) {
      throw new IllegalArgumentException("not a list of CPUs as 0-3,6: " + typed);
    }
    return typed;
  }

  static List<ResourcePoolSettings> readAll(ConfigReader in) {
    var names = in.names("resource-pool");
    names.add(STANDARD);
    var pools = new ArrayList<ResourcePoolSettings>();
    for (String name : names) {
      pools.add(read(in, name));
    }
    return List.copyOf(pools);
  }
}
