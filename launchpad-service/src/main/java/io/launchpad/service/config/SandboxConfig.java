// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import io.launchpad.sandbox.SandboxPolicy.Scratch;
import java.nio.file.Path;

/// What confines satellites, and where the broker keeps their folders.
///
/// @param workFolder where sessions have their folders while nothing is confined
/// @param groups which control groups limit them; the broker is started with it
/// @param allowSwap whether a memory limit may leave swap out where the kernel does not account it
/// @param limits what happens to the limits that hold without being configured, where the machine
///   cannot keep them
/// @param scratch how much a confined session may write, unless its runtime says otherwise
public record SandboxConfig(
    Mode mode, Path workFolder, Groups groups, boolean allowSwap, Limits limits, Scratch scratch) {
  private static final DataSize SCRATCH_SIZE = DataSize.gib(1);
  private static final int SCRATCH_FILES = 65_536;

  /// How much of the confinement is in force.
  public enum Mode {
    /// Nothing is restricted: for development, and must be asked for by name.
    NONE,
    /// Everything the design promises, or the service does not start.
    FULL
  }

  /// A version of control groups.
  public enum Groups {
    /// Version 2 where it can limit, else version 1.
    AUTO,
    V1,
    V2,
    NONE
  }

  /// What the operator wants of limits that the configuration does not name.
  public enum Limits {
    /// They are kept, or the service does not start.
    REQUIRED,
    /// They are left out, loudly, where the machine cannot keep them: for services that a user runs
    /// for itself.
    AVAILABLE
  }

  static SandboxConfig read(ConfigReader in) {
    return new SandboxConfig(
        in.choice("sandbox", Mode.class, Mode.FULL),
        in.path("sandbox.work-folder", Path.of("/var/lib/launchpad/sessions")),
        in.choice("sandbox.cgroup", Groups.class, Groups.AUTO),
        in.flag("sandbox.allow-swap", false),
        in.choice("sandbox.limits", Limits.class, Limits.REQUIRED),
        scratch(in, "sandbox.", new Scratch(SCRATCH_SIZE.bytes(), SCRATCH_FILES)));
  }

  /// The two keys of a scratch folder below a prefix.
  static Scratch scratch(ConfigReader in, String prefix, Scratch standard) {
    return new Scratch(
        in.size(
                prefix + "scratch-size",
                new DataSize(standard.bytes()),
                DataSize.mib(1),
                DataSize.gib(1_024))
            .bytes(),
        in.integer(prefix + "scratch-files", standard.files(), 64, 100_000_000));
  }
}
