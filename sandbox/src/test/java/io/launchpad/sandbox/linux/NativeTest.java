// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The unit tests of the native part under sanitizers; the build runs them plain by itself.
final class NativeTest {

  /// Programs whose address the kernel chooses at each start are shared objects to the format.
  @ParameterizedTest
  @ValueSource(strings = {"launchpad-broker", "launchpad-init"})
  void program_isLoadedAnywhere(String name) throws IOException {
    Path program = Path.of(System.getProperty("launchpad.root"), "sandbox/target/native", name);
    try (InputStream bytes = Files.newInputStream(program)) {
      byte[] header = bytes.readNBytes(18);
      assertEquals(3, header[16] | header[17] << 8, "e_type of " + program);
    }
  }

  @Test
  @Tag("nightly")
  void unitTests_passUnderSanitizers() throws IOException, InterruptedException {
    Path sandbox = Path.of(System.getProperty("launchpad.root"), "sandbox");
    List<String> command =
        List.of(
            "make",
            "--no-print-directory",
            "-C",
            sandbox.resolve("src/main/native").toString(),
            "OUT=" + sandbox.resolve("target/native"),
            "test",
            "SANITIZE=1");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
