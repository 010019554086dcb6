// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Folders that a confined script has of its own: those of the host with these names cannot be
/// shown to it, nor what is in them.
final class OwnInside {
  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/tmp"), Path.of("/dev"), Path.of("/proc"), Path.of("/sys"), Path.of("/session"));

  private OwnInside() {}

  /// What keeps a path from being shown.
  static Optional<String> problem(Path path) {
    Path normal = path.toAbsolutePath().normalize();
    return FOLDERS.stream()
        .filter(normal::startsWith)
        .findFirst()
        .map(folder ->
            "%s cannot be shown to confined scripts, which have a %s of their own; put it elsewhere, such as below /opt"
                .formatted(normal, folder));
  }
}
