// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/// The environments that an interpreter consists of: its own, and those that its links lead to, as
/// a virtual environment's do to the interpreter it was made with.
final class InterpreterFolders {
  private static final int LINKS_MAX = 16;

  private InterpreterFolders() {}

  static Set<Path> of(Path interpreter) {
    var folders = new LinkedHashSet<Path>();
    Path program = interpreter.toAbsolutePath().normalize();
    for (int links = 0; links < LINKS_MAX; links++) {
      Path folder = program.getParent();
      if (folder == null) {
        return folders; // no program is the root folder
      }
      folders.add(
          folder.endsWith("bin") && folder.getNameCount() > 1 ? folder.getParent() : folder);
      if (!Files.isSymbolicLink(program)) {
        return folders;
      }
      try {
        program = program.resolveSibling(Files.readSymbolicLink(program)).normalize();
      } catch (IOException e) {
        return folders; // what cannot be followed here cannot be followed there either
      }
    }
    return folders;
  }
}
