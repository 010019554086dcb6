// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `launchpad doctor CONFIG` of the distribution, on this machine.
@Timeout(120)
final class DoctorCommandTest {
  @TempDir private Path folder;

  private record Ended(int status, String out) {}

  private Ended doctor(Settings settings) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path config =
        Files.writeString(
            folder.resolve("launchpad.properties"),
            settings.text(
                folder.resolve("launchpad.sock"),
                folder.resolve("work"),
                Settings.freePort(),
                new Settings.Accounts(1_500_000, 128),
                "LAUNCHPAD_TEST_DOCTOR"));
    Path out = folder.resolve("out");
    var builder =
        new ProcessBuilder(Installation.command().toString(), "doctor", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("LAUNCHPAD_RUNTIMES", Installation.runtimes().toString());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(100, TimeUnit.SECONDS), "doctor does not end");
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out));
  }

  @Test
  void machineThatCanRunTheService_isFoundWell() throws Exception {
    Ended ended = doctor(Settings.NONE);
    assertEquals(0, ended.status(), ended.out());
    assertTrue(ended.out().contains("configuration"), ended.out());
    assertTrue(ended.out().lines().noneMatch(line -> line.startsWith("FAIL")), ended.out());
  }

  @Test
  void whatIsWrong_isNamedWithWhatMendsIt() throws Exception {
    Ended runtime = doctor(Settings.NONE.with("runtime.python.interpreter", "/nowhere/python3"));
    assertEquals(1, runtime.status(), runtime.out());
    assertTrue(runtime.out().contains("/nowhere/python3"), runtime.out());
    assertTrue(runtime.out().contains("Python 3.11 or newer"), runtime.out());
    Ended typo = doctor(Settings.NONE.with("pool.queue-wate", "5s"));
    assertEquals(1, typo.status(), typo.out());
    assertTrue(typo.out().contains("launchpad.properties"), typo.out());
    assertTrue(typo.out().contains("pool.queue-wait"), typo.out());
  }
}
