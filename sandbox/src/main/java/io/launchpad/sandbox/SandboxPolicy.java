// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// What the processes of one runtime may do. Data only: the broker enforces it.
public record SandboxPolicy(Confinement confinement) {

  /// Restricts nothing; must be asked for by name.
  public static final SandboxPolicy NONE = new SandboxPolicy(new Confinement.None());

  /// How far a satellite is shut in.
  public sealed interface Confinement {

    /// The processes, channels, accounts, reports and kills of a sandbox, but no restriction.
    record None() implements Confinement {}
  }
}
