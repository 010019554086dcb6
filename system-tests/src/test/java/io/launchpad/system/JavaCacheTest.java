// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.RuntimeSandbox;
import io.launchpad.service.launcher.JavaLauncher;
import io.launchpad.service.launcher.Surroundings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The cache of classes that Java satellites start with: Java would run its classes whatever the
/// jars hold by now, so a jar that changed must not meet the cache of the old one.
final class JavaCacheTest {
  private static final String CHANGED =
      """
      package io.launchpad.sdk.spi;
      public final class WarmUpScript implements io.launchpad.sdk.Executor {
        public void execute(io.launchpad.sdk.Call call) {
          throw new IllegalStateException("this is the changed class");
        }
      }
      """;

  @TempDir Path folder;
  private Path library;

  /// What satellites are started with, and how the launcher starts them.
  record Ran(List<String> command, int status, String output) {
    boolean usesCache() {
      return command.stream().anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
    }
  }

  @BeforeEach
  void copy() throws IOException {
    library = folder.resolve("java");
    Path installed = Installation.javaSatellite();
    try (Stream<Path> files = Files.walk(installed)) {
      for (Path file : files.sorted().toList()) {
        Files.copy(
            file,
            library.resolve(installed.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private Ran run() throws Exception {
    var launcher = new JavaLauncher(library, new Surroundings(false, false), Duration.ofMinutes(1));
    var runtime =
        new RuntimeConfig(
            "java",
            "Java",
            RuntimeConfig.Start.EXEC,
            Installation.java(),
            Optional.empty(),
            List.of(),
            Map.of(),
            true,
            0,
            1,
            new RuntimeSandbox(List.of(), List.of(), new Scratch(1 << 20, 64)));
    List<String> command = launcher.trial(runtime);
    return run(command);
  }

  private Ran run(List<String> command) throws Exception {
    Path output = folder.resolve("output");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.start();
    assertTrue(process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS));
    return new Ran(command, process.exitValue(), Files.readString(output));
  }

  private void makeCache() throws Exception {
    var made =
        run(List.of(library.resolve("make-cache").toString(), Installation.java().toString()));
    assertEquals(0, made.status(), made.output());
  }

  /// Puts another class of the same name into the SDK's jar.
  private void changeJar() throws IOException {
    Path jar;
    try (Stream<Path> jars = Files.list(library.resolve("lib"))) {
      jar =
          jars.filter(file -> file.getFileName().toString().startsWith("launchpad-sdk"))
              .findFirst()
              .orElseThrow();
    }
    Path source = Files.writeString(folder.resolve("WarmUpScript.java"), CHANGED);
    var options =
        new ArrayList<>(
            List.of("-proc:none", "-cp", JavaRuntime.classPath(library), "-d", folder.toString()));
    options.add(source.toString());
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new)));
    try (var zip = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
      String name = "io/launchpad/sdk/spi/WarmUpScript.class";
      Files.copy(folder.resolve(name), zip.getPath(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void jarThatChanged_isWhatRuns() throws Exception {
    makeCache();
    Ran before = run();
    assertTrue(before.usesCache(), before.toString());
    assertEquals(0, before.status(), before.output());

    changeJar();
    Ran after = run();
    assertFalse(after.usesCache(), after.toString());
    assertTrue(after.output().contains("this is the changed class"), after.toString());
  }

  /// With the class path of the installation that the satellites of all tests use.
  @Test
  void cacheOfTheInstallation_isThereAndUsed() throws Exception {
    library = Installation.javaSatellite();
    Ran ran = run();
    assertTrue(ran.usesCache(), ran.toString());
    assertEquals(0, ran.status(), ran.output());
    assertTrue(
        ran.output().startsWith(Integer.toString(Runtime.version().feature())), ran.output());
    assertFalse(ran.output().contains("[aot]"), ran.output());
    assertEquals(1, ran.output().lines().count(), ran.output());
  }
}
