// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.Map;

/// Asks for one satellite.
///
/// @param slot the caller's number; free again after the exit report
/// @param generation the caller's, returned with every event, so that late ones are told apart
/// @param account from {@link SandboxFacts#accounts()}; used by nobody else, unless shared
/// @param pool whose limits hold for it
/// @param environment added to the zygote's
/// @param output hears what is written to descriptors 1 and 2
public record ParkRequest(
    Zygote zygote,
    long slot,
    long generation,
    UnixAccount account,
    ResourcePool pool,
    Map<String, String> environment,
    OutputListener output) {

  public ParkRequest {
    environment = Map.copyOf(environment);
  }
}
