// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.time.Duration;

/// What a session uses, as its control group has it: all of its processes, ended ones too.
///
/// @param processesRefused how often one more process or thread was refused
/// @param memoryKills processes that were ended for want of memory
public record GroupUsage(
    Duration userCpu,
    Duration systemCpu,
    long memoryBytes,
    long memoryPeakBytes,
    long processes,
    long processesRefused,
    long memoryKills) {

  /// Of a session that is gone, or in no group.
  public static final GroupUsage NONE = new GroupUsage(Duration.ZERO, Duration.ZERO, 0, 0, 0, 0, 0);
}
