// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.nio.file.Path;

/// Where the launchers find what they start satellites with.
public record LauncherConfig(Path pythonLibrary, Path rLibrary, Path javaLibrary) {
  static LauncherConfig read(ConfigReader in) {
    return new LauncherConfig(
        in.path("launcher.python.library", home(in).resolve("satellites/python")),
        in.path("launcher.r.library", runtimes(in).resolve("r/library")),
        in.path("launcher.java.library", home(in).resolve("satellites/java")));
  }

  /// Where runtimes are installed: the R package is compiled for the R it is used with.
  private static Path runtimes(ConfigReader in) {
    return in.environment("LAUNCHPAD_RUNTIMES").map(Path::of).orElse(home(in).resolve("runtimes"));
  }

  /// The installation's folder, which the command that starts the service names.
  private static Path home(ConfigReader in) {
    return Path.of(in.environment("LAUNCHPAD_HOME").orElse("/usr/lib/launchpad"));
  }
}
