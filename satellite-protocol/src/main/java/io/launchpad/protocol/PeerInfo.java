// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;
import java.util.Set;

/// What the handshake said about the other end.
///
/// @param capabilities what both ends can do
/// @param initialCredit bytes the peer grants on each stream towards it
/// @param engineId on the engine leg the authenticated engine, else empty
/// @param launchpadId the launchpad on the engine leg, else empty
/// @param languages what may be run there
/// @param runtimes what may be run there
/// @param tzdata version of the peer's time zone data, empty if unknown
public record PeerInfo(
    Role role,
    String software,
    int version,
    Set<String> capabilities,
    long initialCredit,
    String engineId,
    String launchpadId,
    List<String> languages,
    List<String> runtimes,
    String tzdata) {
  public PeerInfo {
    capabilities = Set.copyOf(capabilities);
    languages = List.copyOf(languages);
    runtimes = List.copyOf(runtimes);
  }
}
