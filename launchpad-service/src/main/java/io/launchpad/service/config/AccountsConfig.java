// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

/// The worker accounts: `count` uids. Zygotes run as the first, satellites as the others, which are
/// named `prefix01`, `prefix02`, ….
public record AccountsConfig(String prefix, Uids uids, int count) {
  /// One for zygotes and two for satellites: a single one would be shared by all of them.
  private static final int COUNT_MIN = 3;

  private static final int UID_MIN = 1_000;
  private static final int UID_MAX = Integer.MAX_VALUE - 65_536;

  /// Which uids they are. The broker chooses, as its option `--accounts` says.
  public sealed interface Uids {
    /// Those from `first` on.
    record From(int first) implements Uids {
      @Override
      public String toString() {
        return Integer.toString(first);
      }
    }

    /// What `/etc/subuid` reserves for the service's user; without it, as root, those from
    /// [#STANDARD] on.
    record Own() implements Uids {
      @Override
      public String toString() {
        return "own";
      }
    }

    /// Some that nobody has.
    record Any() implements Uids {
      @Override
      public String toString() {
        return "any";
      }
    }

    int STANDARD = 200_000;

    static Uids parse(String typed) {
      return switch (typed) {
        case "own" -> new Own();
        case "any" -> new Any();
        default -> {
          int first = Integer.parseInt(typed);
          if (first < UID_MIN || first > UID_MAX) {
            throw new IllegalArgumentException(
                typed + " is not between " + UID_MIN + " and " + UID_MAX);
          }
          yield new From(first);
        }
      };
    }
  }

  static AccountsConfig read(ConfigReader in) {
    String prefix = in.string("accounts.prefix", "launchpad");
    if (!prefix.matches("[a-z_][a-z0-9_-]{0,24}")) {
      in.problem("accounts.prefix", "accounts.prefix: not the start of a user name: " + prefix);
    }
    Uids uids = in.value("accounts.uid-first", new Uids.Own(), Uids::parse, Uids::toString);
    return new AccountsConfig(prefix, uids, in.integer("accounts.count", 64, COUNT_MIN, 65_536));
  }

  /// What the account with this number, from 1 on, is called in every report.
  public String name(int number) {
    return "%s%02d".formatted(prefix, number);
  }

  /// How many satellites can have one of their own.
  public int forSatellites() {
    return count - 1;
  }

  /// As far as the configuration tells; the broker knows in any case.
  public boolean contains(long uid) {
    return switch (uids) {
      case Uids.From(int first) -> uid >= first && uid < (long) first + count;
      case Uids.Own _, Uids.Any _ -> false;
    };
  }
}
