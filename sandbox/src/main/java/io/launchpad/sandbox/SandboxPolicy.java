// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.nio.file.Path;
import java.util.List;

/// What the processes of one runtime may do. Data only: the broker enforces it.
public record SandboxPolicy(Confinement confinement) {

  /// Restricts nothing; must be asked for by name.
  public static final SandboxPolicy NONE = new SandboxPolicy(new Confinement.None());

  /// Confines by a family's policy, with nothing of the host beyond what it names.
  public static SandboxPolicy full(String family, Scratch scratch, List<Path> readable) {
    return new SandboxPolicy(new Confinement.Full(family, scratch, readable, List.of()));
  }

  /// How far a satellite is shut in.
  public sealed interface Confinement {

    /// The processes, channels, accounts, reports and kills of a sandbox, but no restriction.
    record None() implements Confinement {}

    /// Everything that sandbox/POLICY.md says of the family.
    ///
    /// @param family names one of the policies that the broker was built with
    /// @param readable folders and files of the host that satellites see, read-only, beyond those
    ///   of the policy; each must be reachable by the zygote's account
    /// @param sockets Unix sockets of the host that satellites may connect to
    record Full(String family, Scratch scratch, List<Path> readable, List<Path> sockets)
        implements Confinement {

      public Full {
        readable = List.copyOf(readable);
        sockets = List.copyOf(sockets);
      }
    }
  }

  /// How much a session may write.
  ///
  /// @param bytes of its folder, which is in memory and counts as the session's
  /// @param files files and folders in it
  public record Scratch(long bytes, int files) {

    private static final long BYTES_MIN = 1 << 20;
    private static final int FILES_MIN = 64;

    public Scratch {
      if (bytes < BYTES_MIN || files < FILES_MIN) {
        throw new IllegalArgumentException(
            "a scratch folder has at least %d bytes and %d files, not %d and %d"
                .formatted(BYTES_MIN, FILES_MIN, bytes, files));
      }
    }
  }
}
