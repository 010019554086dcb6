// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.nio.file.Path;

/// What confines satellites, and where the broker keeps their folders.
public record SandboxConfig(Mode mode, Path workFolder) {
  /// How much of the confinement is in force.
  public enum Mode {
    /// Nothing is restricted: for development, and must be asked for by name.
    NONE,
    /// Everything the design promises, or the service does not start.
    FULL
  }

  static SandboxConfig read(ConfigReader in) {
    return new SandboxConfig(
        in.choice("sandbox", Mode.class, Mode.FULL),
        in.path("sandbox.work-folder", Path.of("/var/lib/launchpad/sessions")));
  }
}
