// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.sandbox.ZygoteSpec;
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
    return launcher(confined).zygote(runtime(RuntimeConfig.Start.FORK)).policy();
  }

  private static PythonLauncher launcher(boolean confined) {
    return new PythonLauncher(
        Path.of("/opt/satellite"), new Surroundings(true, confined), Duration.ofSeconds(1));
  }

  private RuntimeConfig runtime(RuntimeConfig.Start start) {
    return new RuntimeConfig(
        "r",
        "python",
        start,
        interpreter,
        Optional.of(Path.of("/opt/packages")),
        List.of(),
        Map.of(),
        true,
        0,
        1,
        new RuntimeSandbox(
            List.of(Path.of("/srv/models")), List.of(Path.of("/run/db.sock")), SCRATCH));
  }

  @Test
  void interpreterFolders_areThoseItsLinksLeadThrough() {
    assertEquals(
        Set.of(folder.resolve("own"), folder.resolve("base")), InterpreterFolders.of(interpreter));
    assertEquals(Set.of(Path.of("/nowhere")), InterpreterFolders.of(Path.of("/nowhere/python")));
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
  void watched_areTheFoldersThatPackagesStandIn() throws IOException {
    Path own = Files.createDirectories(folder.resolve("own/lib/python3.12/site-packages"));
    Path base = Files.createDirectories(folder.resolve("base/local/lib/python3.12/dist-packages"));
    var watched = launcher(true).watched(runtime(RuntimeConfig.Start.FORK));
    for (Path path :
        List.of(
            own,
            base,
            folder.resolve("base/bin/python3.12").toRealPath(),
            folder.resolve("own/pyvenv.cfg"),
            Path.of("/opt/packages"),
            Path.of("/opt/satellite"))) {
      assertTrue(watched.contains(path), () -> path + " not in " + watched);
    }
  }

  @Test
  void executedRuntime_runsTheSatelliteItself() {
    var spec = launcher(true).zygote(runtime(RuntimeConfig.Start.EXEC));
    assertEquals(ZygoteSpec.Satellites.EXECUTED, spec.satellites());
    assertEquals(List.of(interpreter.toString(), "-m", "launchpad_satellite"), spec.command());
  }

  @Test
  void zygote_isNotConfinedWhenNothingIs() {
    assertEquals(SandboxPolicy.NONE, policy(false));
  }
}
