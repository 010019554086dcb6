// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/// Whether worker accounts can reach a path: every folder on the way must let others pass.
public final class Passage {
  private Passage() {}

  /// What stands in the way, and the command that mends it. What does not exist yet is no obstacle.
  public static Optional<String> problem(Path path) {
    try {
      for (Path folder = existing(path).toRealPath(); folder != null; folder = folder.getParent()) {
        if (Files.isDirectory(folder)
            && !Files.getPosixFilePermissions(folder)
                .contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return Optional.of(
              "%s does not let other users pass, so satellites cannot reach %s; use another place or: chmod o+x %s"
                  .formatted(folder, path, folder));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s cannot be examined: %s".formatted(path, e));
    }
  }

  private static Path existing(Path path) {
    Path at = path.toAbsolutePath();
    while (at.getParent() != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return at;
  }
}
