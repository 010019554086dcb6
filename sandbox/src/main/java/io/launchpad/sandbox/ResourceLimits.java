// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.time.Duration;

/// What a session, or a resource pool in all, may use. 0 is no limit.
///
/// @param processes threads counted
/// @param cpuMilli thousandths of a CPU that it may use at a time; more slows it down
/// @param cpuTime in all, after which a session is ended; of no meaning for a pool
public record ResourceLimits(long memoryBytes, long processes, long cpuMilli, Duration cpuTime) {
  public static final ResourceLimits NONE = new ResourceLimits(0, 0, 0, Duration.ZERO);

  public ResourceLimits {
    if (memoryBytes < 0 || processes < 0 || cpuMilli < 0 || cpuTime.isNegative()) {
      throw new IllegalArgumentException("a limit is negative");
    }
  }
}
