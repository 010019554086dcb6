// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.List;
import java.util.Set;

/// What holds on this machine: which lifetime is in force, which accounts there are, how large the
/// kernel let the socket buffers become, what can be limited, and what the broker confines
/// satellites by.
///
/// @param lifetimeReason why it is not {@link Lifetime#NAMESPACES}; empty when it is
/// @param promises what is kept for every satellite, each with what keeps it; empty when nothing is
///   confined
/// @param weakened where there is a layer less than elsewhere, or a limit
public record SandboxFacts(
    Lifetime lifetime,
    String lifetimeReason,
    AccountRange accounts,
    int socketBufferBytes,
    Limiting limiting,
    List<String> promises,
    List<String> weakened) {

  public SandboxFacts {
    promises = List.copyOf(promises);
    weakened = List.copyOf(weakened);
  }

  /// Whether the broker was started to confine; it then starts no zygote that is not.
  public boolean confines() {
    return !promises.isEmpty();
  }

  /// How it is made sure that nothing outlives its session.
  public enum Lifetime {
    /// By the kernel: each session is a pid namespace below its zygote's.
    NAMESPACES,
    /// By init and broker as child subreapers; weaker, see BROKER.md.
    PROCESS_TREE
  }

  /// What of sessions can be limited.
  ///
  /// @param reason why not all of it; empty when it can
  public record Limiting(ControlGroups groups, Set<Controller> controllers, String reason) {
    public static final Limiting NOTHING = new Limiting(ControlGroups.NONE, Set.of(), "");

    public Limiting {
      controllers = Set.copyOf(controllers);
    }
  }

  /// The version of control groups that is in use.
  public enum ControlGroups {
    NONE,
    V1,
    V2
  }

  /// What the kernel can limit or account.
  public enum Controller {
    MEMORY,
    SWAP,
    PROCESSES,
    CPU,
    CPU_ACCOUNT,
    CPU_LIST,
    NO_SWAP_IN_USE
  }

  /// The uids that satellites may run under, in use or not.
  ///
  /// An ordinary user has a single one, its own, which all satellites share.
  public record AccountRange(int uidFirst, int count, int gidFirst) {

    /// The account with this index below {@link #count()}, named `launchpad01` and so on.
    public UnixAccount account(int index) {
      return new UnixAccount(
          "launchpad%02d".formatted(index + 1), uidFirst + index, gidFirst + index);
    }

    /// Whether a satellite may run under this uid without being the broker's own user.
    public boolean contains(int uid) {
      return !isShared() && uid >= uidFirst && uid < uidFirst + count;
    }

    /// Whether all satellites share the broker's own uid.
    public boolean isShared() {
      return count == 1;
    }
  }
}
