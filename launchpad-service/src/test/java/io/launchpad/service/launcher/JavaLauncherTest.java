// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.sandbox.ZygoteSpec;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.RuntimeSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JavaLauncherTest {
  private static final Scratch SCRATCH = new Scratch(1 << 20, 64);
  private static final Path SCRIPTS =
      Path.of(System.getProperty("launchpad.root"), "satellites/java");

  @TempDir Path folder;
  private Path library;
  private Path java;

  /// An installation whose `java` writes the cache it is told to write, and nothing else.
  @BeforeEach
  void install() throws IOException {
    library = folder.resolve("satellites/java");
    Files.createDirectories(library.resolve("lib"));
    Files.writeString(library.resolve("lib/java-satellite.jar"), "the satellite");
    Files.writeString(library.resolve("lib/arrow.jar"), "Arrow");
    for (String script : List.of("jvm.options", "make-cache")) {
      Files.copy(SCRIPTS.resolve(script), library.resolve(script));
    }
    executable(library.resolve("make-cache"));
    java = folder.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.createDirectories(folder.resolve("jdk/lib/server"));
    Files.writeString(folder.resolve("jdk/lib/server/libjvm.so"), "the virtual machine");
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    Files.writeString(
        java,
        """
        #!/bin/sh
        for argument; do case $argument in -XX:AOTCacheOutput=*) echo cache >"${argument#*=}" ;; esac; done
        """);
    executable(java);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private JavaLauncher launcher(boolean confined) {
    return new JavaLauncher(library, new Surroundings(false, confined), Duration.ofSeconds(1));
  }

  private RuntimeConfig runtime(RuntimeConfig.Start start, List<String> imports) {
    return new RuntimeConfig(
        "jvm",
        "Java",
        start,
        java,
        Optional.of(folder.resolve("classes")),
        imports,
        Map.of("LAUNCHPAD_JAVA_CODE", "classes"),
        true,
        0,
        1,
        new RuntimeSandbox(List.of(Path.of("/srv/models")), List.of(), SCRATCH));
  }

  private RuntimeConfig runtime() {
    return runtime(RuntimeConfig.Start.EXEC, List.of());
  }

  private void makeCache() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(library.resolve("make-cache").toString(), java.toString())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor());
  }

  private List<String> cacheOptions() {
    return launcher(false).zygote(runtime()).command().stream()
        .filter(argument -> argument.startsWith("-XX:AOTCache="))
        .toList();
  }

  @Test
  void satellites_areExecutedWithTheOptionsAndTheShareOfTheirPool() {
    ZygoteSpec spec = launcher(false).zygote(runtime());
    assertEquals(ZygoteSpec.Satellites.EXECUTED, spec.satellites());
    assertEquals(
        List.of(
            java.toString(),
            "@" + library.resolve("jvm.options"),
            "-XX:MaxRAM=${LAUNCHPAD_SESSION_MEMORY}",
            "-XX:ActiveProcessorCount=${LAUNCHPAD_SESSION_CPUS}",
            "-Djava.library.path=" + library.resolve("native"),
            "-jar",
            library.resolve("lib/java-satellite.jar").toString()),
        spec.command());
    assertEquals(
        folder.resolve("classes").toString(), spec.environment().get("LAUNCHPAD_JAVA_CLASS_PATH"));
    assertEquals("classes", spec.environment().get("LAUNCHPAD_JAVA_CODE"));
    assertEquals("jvm", spec.environment().get("LAUNCHPAD_RUNTIME"));
  }

  @Test
  void satellites_seeTheirJarsTheJdkAndWhatTheirRuntimeNames() {
    assertEquals(
        new SandboxPolicy.Confinement.Full(
            "java",
            SCRATCH,
            List.of(
                library, folder.resolve("jdk"), folder.resolve("classes"), Path.of("/srv/models")),
            List.of()),
        launcher(true).zygote(runtime()).policy().confinement());
  }

  /// The script and the launcher compute the same name.
  @Test
  void cache_isUsedOnceItIsMade() throws Exception {
    assertEquals(List.of(), cacheOptions());
    makeCache();
    Path cache = new JavaSatellite(library).cache(java);
    assertTrue(Files.isReadable(cache), cache.toString());
    assertEquals(List.of("-XX:AOTCache=" + cache), cacheOptions());
  }

  @Test
  void cache_ofAJarThatChangedIsNotUsed() throws Exception {
    assertCacheIsLeftWhenChanged(library.resolve("lib/arrow.jar"));
  }

  @Test
  void cache_ofAnotherJdkIsNotUsed() throws Exception {
    assertCacheIsLeftWhenChanged(folder.resolve("jdk/release"));
    assertCacheIsLeftWhenChanged(folder.resolve("jdk/lib/server/libjvm.so"));
  }

  @Test
  void cache_ofOtherOptionsIsNotUsed() throws Exception {
    assertCacheIsLeftWhenChanged(library.resolve("jvm.options"));
  }

  private void assertCacheIsLeftWhenChanged(Path file) throws Exception {
    makeCache();
    Path before = new JavaSatellite(library).cache(java);
    Files.writeString(file, Files.readString(file) + "\n");
    assertNotEquals(before, new JavaSatellite(library).cache(java));
    assertEquals(List.of(), cacheOptions());
  }

  @Test
  void cache_ofAJarThatWasAddedIsNotUsed() throws Exception {
    makeCache();
    Files.writeString(library.resolve("lib/zz.jar"), "another");
    assertEquals(List.of(), cacheOptions());
  }

  /// A cache that is used elsewhere gives classes that do not know where they are from.
  @Test
  void cache_ofAnotherFolderIsNotUsed() throws Exception {
    makeCache();
    library = Files.move(library, folder.resolve("elsewhere"));
    assertEquals(List.of(), cacheOptions());
    makeCache();
    assertEquals(1, cacheOptions().size());
  }

  @Test
  void makeCache_removesThoseOfOtherJars_butNotOfOtherJdks() throws Exception {
    makeCache();
    Path cache = new JavaSatellite(library).cache(java);
    String satellite = cache.getFileName().toString().split("-", -1)[0];
    Path ofAnotherJdk =
        Files.copy(cache, cache.resolveSibling(satellite + "-0123456789abcdef.aot"));
    Path ofOtherJars = Files.move(cache, cache.resolveSibling("0123456789abcdef-x.aot"));
    makeCache();
    assertTrue(Files.exists(cache));
    assertTrue(Files.exists(ofAnotherJdk));
    assertFalse(Files.exists(ofOtherJars));
  }

  @Test
  void verify_namesWhatAVirtualMachineCannotDo() {
    assertEquals(
        List.of(
            "runtime.jvm.start: a Java virtual machine cannot be forked; set it to exec",
            "runtime.jvm.imports: a Java runtime imports nothing beforehand; remove the key",
            "runtime.jvm.library: no jar or folder " + folder.resolve("classes")),
        launcher(false).verify(runtime(RuntimeConfig.Start.FORK, List.of("pandas"))));
  }

  @Test
  void verify_wantsAJdkThatIsNewEnough() throws IOException {
    Files.createDirectories(folder.resolve("classes"));
    assertEquals(List.of(), launcher(false).verify(runtime()));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.15\"\n");
    assertEquals(
        List.of(
            "runtime.jvm.interpreter: %s belongs to Java 17; a JDK 25 is needed".formatted(java)),
        launcher(false).verify(runtime()));
    Files.delete(java);
    assertEquals(
        List.of(
            "runtime.jvm.interpreter: %s is no program that can be run; install a JDK 25 and name its bin/java"
                .formatted(java)),
        launcher(false).verify(runtime()));
  }

  @Test
  void watched_areTheJarsTheJdkAndTheClassPath() {
    assertEquals(
        List.of(library, folder.resolve("jdk/release"), folder.resolve("classes")),
        launcher(false).watched(runtime()));
  }
}
