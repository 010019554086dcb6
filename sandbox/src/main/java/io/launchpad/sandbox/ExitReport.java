// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.time.Duration;

/// The last word on one satellite: no process of its session is left and its folder is gone.
public record ExitReport(long slot, long generation, Ending ending, Cause cause, Usage usage) {

  /// Who ended it.
  public enum Cause {
    ITSELF,
    KILLED_ON_REQUEST,
    ZYGOTE_DIED,
    INIT_DIED,
    BROKER_GONE
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
