// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process has open.
final class OpenFiles {
  private OpenFiles() {}

  /// How many descriptors lead to a file.
  static long count(Path file) throws IOException {
    Path real = file.toRealPath();
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(descriptor -> leadsTo(descriptor, real)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      return false; // the one that listed them
    }
  }
}
