// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateSettingsTest {
  @TempDir private Path folder;

  @Test
  void lines_haveEveryInstalledRuntimeAndOneDefault() throws IOException {
    install("python");
    install("python-ml");
    Files.createDirectories(folder.resolve("python-ml.new"));
    List<String> lines = settings().lines();
    assertTrue(lines.contains("runtime.python.default = true"));
    assertTrue(
        lines.contains(
            "runtime.python-ml.interpreter = " + folder.resolve("python-ml/bin/python")));
    assertFalse(lines.toString().contains("python-ml.new"), "half an installation is none");
    assertEquals(1, lines.stream().filter(line -> line.contains(".default = ")).count());
  }

  @Test
  void javaRuntime_isStartedWhenItIsAskedFor() throws IOException {
    install("python");
    Path bin = Files.createDirectories(folder.resolve("java/bin"));
    Path java = Files.createFile(bin.resolve("java"));
    assertTrue(java.toFile().setExecutable(true));
    List<String> lines = settings().lines();
    assertTrue(lines.contains("runtime.java.language = Java"), lines.toString());
    assertTrue(lines.contains("runtime.java.interpreter = " + java), lines.toString());
    assertTrue(lines.contains("runtime.java.parked-min = 0"), lines.toString());
  }

  @Test
  void lines_leaveTheAccountsOfOtherServicesAlone() throws IOException {
    install("python");
    assertTrue(settings().lines().contains("accounts.uid-first = any"));
  }

  @Test
  void lines_sayHowToInstallARuntimeWhenThereIsNone() {
    IOException failure = assertThrows(IOException.class, () -> settings().lines());
    assertTrue(String.valueOf(failure.getMessage()).contains("./launchpad setup"));
  }

  private PrivateSettings settings() {
    return new PrivateSettings(Path.of("/tmp/x"), Path.of("/opt/launchpad"), folder, 1000);
  }

  private void install(String name) throws IOException {
    Path bin = Files.createDirectories(folder.resolve(name).resolve("bin"));
    Path python = Files.createFile(bin.resolve("python"));
    assertTrue(python.toFile().setExecutable(true));
  }
}
