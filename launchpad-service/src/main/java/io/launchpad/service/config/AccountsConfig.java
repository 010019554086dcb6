// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

/// The worker accounts: `count` uids from `uidFirst` on. Zygotes run as the first, satellites as
/// the others, which are named `prefix01`, `prefix02`, ….
public record AccountsConfig(String prefix, int uidFirst, int count) {
  /// One for zygotes and two for satellites: a single one would be shared by all of them.
  private static final int COUNT_MIN = 3;

  static AccountsConfig read(ConfigReader in) {
    String prefix = in.string("accounts.prefix", "launchpad");
    if (!prefix.matches("[a-z_][a-z0-9_-]{0,24}")) {
      in.problem("accounts.prefix", "accounts.prefix: not the start of a user name: " + prefix);
    }
    int first = in.integer("accounts.uid-first", 200_000, 1_000, Integer.MAX_VALUE - 65_536);
    return new AccountsConfig(prefix, first, in.integer("accounts.count", 64, COUNT_MIN, 65_536));
  }

  /// How many satellites can have one of their own.
  public int forSatellites() {
    return count - 1;
  }

  public boolean contains(long uid) {
    return uid >= uidFirst && uid < (long) uidFirst + count;
  }
}
