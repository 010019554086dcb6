// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.Set;

/// What this end says of itself in the handshake.
///
/// @param software name and version, for logs only
/// @param initialCredit bytes this end grants on each stream towards it
/// @param tzdata version of the time zone data, empty if unknown
public record LocalInfo(
    String software, Set<String> capabilities, long initialCredit, String tzdata) {
  public LocalInfo {
    capabilities = Set.copyOf(capabilities);
    if (initialCredit < Limits.INITIAL_CREDIT_MIN || initialCredit > Limits.INITIAL_CREDIT_MAX) {
      throw new IllegalArgumentException(
          "initial credit is "
              + initialCredit
              + " bytes; it must be "
              + Limits.INITIAL_CREDIT_MIN
              + " to "
              + Limits.INITIAL_CREDIT_MAX);
    }
  }

  public static LocalInfo of(String software) {
    return new LocalInfo(software, Set.of(), Limits.INITIAL_CREDIT_DEFAULT, "");
  }
}
