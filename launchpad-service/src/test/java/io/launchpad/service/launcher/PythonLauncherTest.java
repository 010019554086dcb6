// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.RuntimeSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PythonLauncherTest {
  private static final Scratch SCRATCH = new Scratch(1 << 20, 64);

  @TempDir Path folder;
  private Path interpreter;

  /// A virtual environment made with an interpreter that is a link itself.
  @BeforeEach
  void makeEnvironment() throws IOException {
    Files.createDirectories(folder.resolve("base/bin"));
    Files.createFile(folder.resolve("base/bin/python3.12"));
    Files.createSymbolicLink(folder.resolve("base/bin/python3"), Path.of("python3.12"));
    Files.createDirectories(folder.resolve("own/bin"));
    interpreter = folder.resolve("own/bin/python");
    Files.createSymbolicLink(interpreter, Path.of("../../base/bin/python3"));
  }

  private SandboxPolicy policy(boolean confined) {
    var runtime =
        new RuntimeConfig(
            "r",
            "python",
            interpreter,
            Optional.of(Path.of("/opt/packages")),
            List.of(),
            Map.of(),
            true,
            0,
            1,
            new RuntimeSandbox(
                List.of(Path.of("/srv/models")), List.of(Path.of("/run/db.sock")), SCRATCH));
    return new PythonLauncher(Path.of("/opt/satellite"), true, confined, Duration.ofSeconds(1))
        .zygote(runtime)
        .policy();
  }

  @Test
  void interpreterFolders_areThoseItsLinksLeadThrough() {
    assertEquals(
        Set.of(folder.resolve("own"), folder.resolve("base")),
        PythonLauncher.interpreterFolders(interpreter));
    assertEquals(
        Set.of(Path.of("/nowhere")), PythonLauncher.interpreterFolders(Path.of("/nowhere/python")));
  }

  @Test
  void zygote_seesInterpreterLibrariesAndWhatItsRuntimeNames() {
    assertEquals(
        new SandboxPolicy.Confinement.Full(
            "python",
            SCRATCH,
            List.of(
                Path.of("/opt/satellite"),
                folder.resolve("own"),
                folder.resolve("base"),
                Path.of("/opt/packages"),
                Path.of("/srv/models")),
            List.of(Path.of("/run/db.sock"))),
        policy(true).confinement());
  }

  @Test
  void zygote_isNotConfinedWhenNothingIs() {
    assertEquals(SandboxPolicy.NONE, policy(false));
  }
}
