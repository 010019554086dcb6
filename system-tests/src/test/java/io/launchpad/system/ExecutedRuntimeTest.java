// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A runtime whose satellites are executed instead of forked: the same calls, ends, limits and
/// confinement.
@Timeout(300)
final class ExecutedRuntimeTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Attacker.SETTINGS.with("runtime.python.start", "exec"));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  @Test
  void call_fromSqlBringsItsResult() throws Exception {
    Path out = service.folder().resolve("out");
    Process process =
        new ProcessBuilder(
                Installation.command().toString(),
                "sql",
                "--connect",
                "unix:" + service.socket(),
                "--format",
                "csv",
                "-e",
                """
                EXEC sp_execute_external_script @language = N'Python',
                  @script = N'OutputDataSet = InputDataSet * 2', @input_data_1 = N'SELECT 21 AS a'
                WITH RESULT SETS ((answer int NOT NULL))\
                """)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertTrue(process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
      assertEquals(List.of("\"answer\"", "\"42\""), Files.readAllLines(out));
    } finally {
      process.destroyForcibly();
      Files.delete(out);
    }
  }

  @Test
  void satellites_shareNeitherHashSeedNorAddresses() {
    String script =
        """
        import ctypes
        address = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p).value
        OutputDataSet = pandas.DataFrame({"seed": [hash("launchpad")], "address": [address]})
        """;
    var one = engine.run(script).success().rows().getFirst();
    var other = engine.run(script).success().rows().getFirst();
    assertFalse(one.getFirst().equals(other.getFirst()), one + " and " + other);
    assertFalse(one.getLast().equals(other.getLast()), one + " and " + other);
  }

  @Test
  void ends_areReportedAsThoseOfOthers() {
    assertEquals(
        Optional.of(new Exit.Signal(6)),
        engine.run("import os; os.abort()").failed(ErrorCode.SCRIPT_CRASHED).exit());
    if (ServiceUnderTest.isRoot()) { // an ordinary user has no limit to meet here
      engine.run("x = b'x' * 10**9").failed(ErrorCode.MEMORY_LIMIT);
    }
    engine.run("1 / 0").failed(ErrorCode.SCRIPT_ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"files", "processes", "kernel", "sockets"})
  void attacks_meetWhatTheyMeetElsewhere(String name) throws Exception {
    AttackFile file = AttackFile.read(name);
    Path folder = Files.createTempDirectory("launchpad-secret-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path secret =
        Files.writeString(folder.resolve("secret"), "everybody on the host may read this");
    Map<String, String> expected = new TreeMap<>();
    file.attacks().forEach(attack -> expected.put(attack.name(), attack.outcome()));
    try (Victim victim = Victim.start(engine)) {
      assertEquals(expected, new TreeMap<>(new Attacker(service, engine, secret).attack(file)));
      victim.assertUnharmed();
    } finally {
      Files.delete(secret);
      Files.delete(folder);
    }
  }
}
