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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RLauncherTest {
  private static final Scratch SCRATCH = new Scratch(1 << 20, 64);

  @TempDir Path folder;
  private Path interpreter;
  private Path library;

  @BeforeEach
  void makeInstallation() throws IOException {
    interpreter = Files.createDirectories(folder.resolve("opt/bin")).resolve("R");
    Files.createFile(interpreter);
    assertTrue(interpreter.toFile().setExecutable(true));
    library = Files.createDirectories(folder.resolve("library"));
    Files.createDirectory(library.resolve("launchpad"));
  }

  private RLauncher launcher(boolean confined) {
    return new RLauncher(library, new Surroundings(false, confined), Duration.ofSeconds(1));
  }

  private RuntimeConfig runtime(RuntimeConfig.Start start) {
    return new RuntimeConfig(
        "r",
        "R",
        start,
        interpreter,
        Optional.of(Path.of("/opt/packages")),
        List.of("data.table", "lme4"),
        Map.of("OMP_NUM_THREADS", "2"),
        true,
        0,
        1,
        new RuntimeSandbox(List.of(), List.of(), SCRATCH));
  }

  @Test
  void zygote_startsTheInterpreterWithThePackagesProgram() {
    var spec = launcher(true).zygote(runtime(RuntimeConfig.Start.FORK));
    assertEquals(ZygoteSpec.Satellites.FORKED, spec.satellites());
    assertEquals(
        List.of(
            interpreter.toString(),
            "--vanilla",
            "--no-echo",
            "--file=" + library.resolve("launchpad/zygote.R")),
        spec.command());
    assertEquals(library + ":/opt/packages", spec.environment().get("R_LIBS"));
    assertEquals("data.table,lme4", spec.environment().get("LAUNCHPAD_PRELOAD"));
    assertEquals("2", spec.environment().get("OMP_NUM_THREADS"));
    assertEquals("1", spec.environment().get("OPENBLAS_NUM_THREADS"));
  }

  @Test
  void executedRuntime_runsTheSatelliteItself() {
    var spec = launcher(true).zygote(runtime(RuntimeConfig.Start.EXEC));
    assertEquals(ZygoteSpec.Satellites.EXECUTED, spec.satellites());
    assertTrue(spec.command().getLast().endsWith("/launchpad/satellite.R"), spec.toString());
  }

  @Test
  void zygote_isConfinedByThePolicyOfR() {
    assertEquals(
        new SandboxPolicy.Confinement.Full(
            "r",
            SCRATCH,
            List.of(library, folder.resolve("opt"), Path.of("/opt/packages")),
            List.of()),
        launcher(true).zygote(runtime(RuntimeConfig.Start.FORK)).policy().confinement());
    assertEquals(
        SandboxPolicy.NONE, launcher(false).zygote(runtime(RuntimeConfig.Start.FORK)).policy());
  }

  @Test
  void watched_areTheLibrariesOfTheInterpreterAndOfTheRuntime() {
    var watched = launcher(true).watched(runtime(RuntimeConfig.Start.FORK));
    for (Path path :
        List.of(
            library,
            interpreter,
            Path.of("/opt/packages"),
            folder.resolve("opt/lib/R/site-library"))) {
      assertTrue(watched.contains(path), () -> path + " not in " + watched);
    }
  }

  @Test
  void verify_namesThePackageThatIsMissing() throws IOException {
    Files.delete(library.resolve("launchpad"));
    var problems = launcher(false).verify(runtime(RuntimeConfig.Start.FORK));
    assertEquals(
        List.of(
            "launcher.r.library: %s holds no package launchpad; reinstall Launchpad or correct the key"
                .formatted(library),
            "runtime.r.library: no folder /opt/packages"),
        problems);
  }

  @Test
  void trial_loadsWhatTheZygoteWould() {
    var trial = launcher(false).trial(runtime(RuntimeConfig.Start.FORK));
    assertEquals(List.of("--args", "launchpad", "data.table", "lme4"), trial.subList(5, 9));
    assertEquals(
        interpreter
            + " -e 'install.packages(c(\"data.table\", \"lme4\"))', or correct runtime.r.imports",
        launcher(false).mend(runtime(RuntimeConfig.Start.FORK)));
  }
}
