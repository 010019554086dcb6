// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The built distribution and the runtimes, as `./launchpad test` provides them.
final class Installation {
  private static final Path STATE = Path.of(System.getProperty("launchpad.root"), ".launchpad");

  private Installation() {}

  static Path home() {
    return existing(System.getenv("LAUNCHPAD_HOME"), STATE.resolve("dist"));
  }

  static Path command() {
    return home().resolve("bin/launchpad");
  }

  static Path interpreter() {
    return runtimes().resolve("python/bin/python");
  }

  static Path rInterpreter() {
    return runtimes().resolve("r/bin/R");
  }

  static Path java() {
    return runtimes().resolve("java/bin/java");
  }

  static Path javaSatellite() {
    return home().resolve("satellites/java");
  }

  static Path satelliteLibrary() {
    return home().resolve("satellites/python");
  }

  static Path runtimes() {
    return existing(System.getenv("LAUNCHPAD_RUNTIMES"), STATE.resolve("runtimes"));
  }

  /// The user that a service started as root runs as.
  static String serviceUser() {
    return Objects.requireNonNullElse(System.getenv("LAUNCHPAD_SERVICE_USER"), "launchpad");
  }

  private static Path existing(@Nullable String named, Path usual) {
    Path path = named == null ? usual : Path.of(named);
    if (!Files.isDirectory(path)) {
      throw new IllegalStateException(
          path + " is not there: run these tests with ./launchpad test, which makes it");
    }
    return path;
  }
}
