// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.service;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
  @TempDir private Path parent;

  @Test
  void create_removesTheFolderOfAnOwnerThatWasKilled() throws IOException, InterruptedException {
    Path left = parent.resolve("launchpad-1");
    Files.createDirectories(left.resolve("sessions"));
    Files.writeString(left.resolve("lock"), "");
    Path locked = Files.createDirectories(parent.resolve("launchpad-2"));
    Files.writeString(locked.resolve("lock"), "");
    Path foreign = Files.createDirectories(parent.resolve("launchpad-notes"));
    Process owner =
        new ProcessBuilder(
                "python3",
                "-c",
                "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX);"
                    + " print('locked', flush=True); sys.stdin.read()",
                locked.resolve("lock").toString())
            .start();
    try (var ready = owner.inputReader()) {
      assertTrue(ready.readLine().contains("locked"));
      try (PrivateFolder folder = PrivateFolder.create(parent)) {
        assertTrue(Files.isDirectory(folder.path()));
        assertFalse(Files.exists(left), "its owner is gone");
        assertTrue(Files.exists(locked), "its owner lives");
        assertTrue(Files.exists(foreign), "without a lock it is not ours");
      }
    } finally {
      owner.destroyForcibly().waitFor();
    }
  }

  @Test
  void close_removesEverything() throws IOException {
    Path path;
    try (PrivateFolder folder = PrivateFolder.create(parent)) {
      path = folder.path();
      Files.createDirectories(path.resolve("a/b"));
    }
    assertFalse(Files.exists(path));
  }
}
