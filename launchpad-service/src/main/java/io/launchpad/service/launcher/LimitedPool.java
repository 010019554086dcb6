// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePool;
import java.time.Duration;
import java.util.Optional;

/// A resource pool with the limits that hold in it.
///
/// @param session of each session, unless it asks for less
/// @param deadline of each session, where the pool has one
public record LimitedPool(ResourcePool pool, ResourceLimits session, Optional<Duration> deadline) {
  /// Limits nothing.
  public static final LimitedPool NONE =
      new LimitedPool(ResourcePool.NONE, ResourceLimits.NONE, Optional.empty());

  /// The configuration key of a limit of this pool.
  public String key(String name) {
    return "resource-pool." + pool.name() + "." + name;
  }
}
