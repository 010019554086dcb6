// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// A resource pool as it is wanted.
///
/// @param name letters, digits, `-` and `_`; of a single pool
/// @param all of its sessions together
/// @param session of each of them, unless limited further
/// @param cpus those its sessions run on, as `0-3,6`; empty: all
/// @param allowSwap whether memory limits may leave swap out where the kernel does not account it
public record ResourcePoolSpec(
    String name, ResourceLimits all, ResourceLimits session, String cpus, boolean allowSwap) {}
