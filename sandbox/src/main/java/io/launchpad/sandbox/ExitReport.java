// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.time.Duration;

/// The last word on one satellite: no process of its session is left and its folder is gone.
public record ExitReport(
    long slot, long generation, Ending ending, Cause cause, Usage usage, Limits limits) {

  /// Who ended it.
  public enum Cause {
    ITSELF,
    KILLED_ON_REQUEST,
    ZYGOTE_DIED,
    INIT_DIED,
    BROKER_GONE,
    /// The one in [Limits#met].
    LIMIT
  }

  /// Which hard limit ended a session.
  public enum Met {
    NONE,
    MEMORY,
    POOL_MEMORY,
    HOST_MEMORY,
    CPU_TIME
  }

  /// The limits at the end, and what they were met with; all zero for a session in no control
  /// group.
  ///
  /// @param cpu that counted against [#cpuTimeLimit]
  /// @param processesRefused how often one more process or thread was refused
  public record Limits(
      Met met,
      Duration cpu,
      long memoryPeakBytes,
      long memoryLimitBytes,
      Duration cpuTimeLimit,
      long processesLimit,
      long processesRefused) {

    public static final Limits NONE =
        new Limits(Met.NONE, Duration.ZERO, 0, 0, Duration.ZERO, 0, 0);
  }

  /// What the satellite and all its descendants used, counted by the kernel. All zero when the
  /// ending is unknown.
  public record Usage(
      Duration userCpu,
      Duration systemCpu,
      long peakResidentBytes,
      long minorFaults,
      long majorFaults) {

    public static final Usage NONE = new Usage(Duration.ZERO, Duration.ZERO, 0, 0, 0);
  }
}
