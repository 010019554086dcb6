// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// What holds on this machine: which lifetime is in force, which accounts there are, and how large
/// the kernel let the socket buffers become.
///
/// @param lifetimeReason why it is not {@link Lifetime#NAMESPACES}; empty when it is
public record SandboxFacts(
    Lifetime lifetime, String lifetimeReason, AccountRange accounts, int socketBufferBytes) {

  /// How it is made sure that nothing outlives its session.
  public enum Lifetime {
    /// By the kernel: each session is a pid namespace below its zygote's.
    NAMESPACES,
    /// By init and broker as child subreapers; weaker, see BROKER.md.
    PROCESS_TREE
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

    /// Whether all satellites share the broker's own uid.
    public boolean isShared() {
      return count == 1;
    }
  }
}
