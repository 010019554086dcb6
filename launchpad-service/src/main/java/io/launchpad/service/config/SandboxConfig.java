// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.nio.file.Path;

/// What confines satellites, and where the broker keeps their folders.
///
/// @param groups which control groups limit them; the broker is started with it
/// @param allowSwap whether a memory limit may leave swap out where the kernel does not account it
public record SandboxConfig(Mode mode, Path workFolder, Groups groups, boolean allowSwap) {
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

  static SandboxConfig read(ConfigReader in) {
    return new SandboxConfig(
        in.choice("sandbox", Mode.class, Mode.FULL),
        in.path("sandbox.work-folder", Path.of("/var/lib/launchpad/sessions")),
        in.choice("sandbox.cgroup", Groups.class, Groups.AUTO),
        in.flag("sandbox.allow-swap", false));
  }
}
