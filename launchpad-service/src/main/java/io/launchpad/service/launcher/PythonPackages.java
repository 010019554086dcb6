// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Where the packages of a Python interpreter stand on disk.
final class PythonPackages {
  private PythonPackages() {}

  /// Folders of packages, the interpreter and what says which interpreter it is.
  ///
  /// @param folders the environments that the interpreter consists of
  /// @param more further folders that it imports from
  static List<Path> of(Path interpreter, Set<Path> folders, List<Path> more) {
    var watched = new LinkedHashSet<>(more);
    watched.add(real(interpreter));
    for (Path folder : folders) {
      watched.add(folder.resolve("pyvenv.cfg"));
      for (String libraries : List.of("lib", "lib64", "local/lib")) {
        for (Path version : versions(folder.resolve(libraries))) {
          watched.add(version.resolve("site-packages"));
          watched.add(version.resolve("dist-packages"));
        }
      }
    }
    return List.copyOf(watched);
  }

  private static Path real(Path interpreter) {
    try {
      return interpreter.toRealPath();
    } catch (IOException e) {
      return interpreter;
    }
  }

  /// `python3`, `python3.11`, … below a folder.
  private static List<Path> versions(Path libraries) {
    var versions = new ArrayList<Path>();
    if (Files.isDirectory(libraries)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(libraries, "python3*")) {
        found.forEach(versions::add);
      } catch (IOException e) {
        return versions; // what the service cannot see, it cannot watch
      }
    }
    return versions;
  }
}
