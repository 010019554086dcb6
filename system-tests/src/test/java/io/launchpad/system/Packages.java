// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/// A folder of packages that users have installed for a runtime. It is not below /tmp, which is the
/// sandbox's own inside.
record Packages(Path folder) implements AutoCloseable {
  static Packages make() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-packages-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Packages(folder);
  }

  /// Puts a module there in one step, as installers do, in place of the one that was there.
  void install(String module, String source) throws IOException {
    Path written = Files.writeString(folder.resolve("." + module + ".new"), source);
    Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(
        written,
        folder.resolve(module + ".py"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /// A service whose zygote imports a module of these.
  Settings imports(String module) {
    return Settings.NONE
        .with("runtime.python.library", folder)
        .with("runtime.python.imports", "pandas, pyarrow, " + module);
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
