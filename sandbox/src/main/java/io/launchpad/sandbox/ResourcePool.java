// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// A resource pool whose limits hold.
///
/// @param id never used twice while the broker lives
public record ResourcePool(long id, String name) {
  /// Limits nothing: satellites parked in it are in no control group.
  public static final ResourcePool NONE = new ResourcePool(0, "");
}
