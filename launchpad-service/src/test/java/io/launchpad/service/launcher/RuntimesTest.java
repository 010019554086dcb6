// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.RuntimeSandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimesTest {
  private final Runtimes runtimes =
      new Runtimes(
          List.of(
              runtime("python", "python", true),
              runtime("python-ml", "python", false),
              runtime("R", "r", false)));

  @ParameterizedTest
  @CsvSource({
    "Python,, python",
    "PYTHON, python-ml, python-ml",
    "python-ml,, python-ml",
    "Python-ML,, python-ml",
    "r,, R",
    "python, R, ",
    "python-ml, python, ",
    "python, PYTHON-ML, ",
    "java,, ",
  })
  void find_takesALanguageOrARuntimeInItsPlace(String language, String runtime, String found) {
    var name = runtimes.find(language, runtime == null ? "" : runtime).map(RuntimeConfig::name);
    assertEquals(Optional.ofNullable(found), name);
  }

  private static RuntimeConfig runtime(String name, String language, boolean standard) {
    return new RuntimeConfig(
        name,
        language,
        RuntimeConfig.Start.FORK,
        Path.of("/usr/bin/true"),
        Optional.empty(),
        List.of(),
        Map.of(),
        standard,
        0,
        1,
        new RuntimeSandbox(List.of(), List.of(), new Scratch(1 << 20, 64)));
  }
}
