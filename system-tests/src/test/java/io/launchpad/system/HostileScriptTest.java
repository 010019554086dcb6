// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Attacks by scripts, each file of them beside a session that must not notice. What stops each
/// one, and with what, stands in its file.
final class HostileScriptTest {
  private static final int AT_ONCE = 4;
  private static final Duration DEADLINE = Duration.ofSeconds(4);
  private static final Duration GRACE = Duration.ofMillis(100);

  private static ServiceUnderTest service;
  private static Engine engine;
  private static Path secretFolder;

  @BeforeAll
  static void start() throws Exception {
    // Not below /tmp, which is another folder inside.
    secretFolder = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-secret-");
    Files.setPosixFilePermissions(secretFolder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(secret(), "everybody on the host may read this");
    Files.setPosixFilePermissions(secret(), PosixFilePermissions.fromString("rw-r--r--"));
    service =
        ServiceUnderTest.start(
            Settings.NONE
                .with("runtime.python.parked-min", AT_ONCE)
                .with("runtime.python.parked-max", AT_ONCE)
                .with("resource-pool.default.session-memory", "256MiB")
                .with("resource-pool.default.session-processes", 128)
                .with("sandbox.scratch-size", "32MiB")
                .with("sandbox.scratch-files", 1024));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
    Files.delete(secret());
    Files.delete(secretFolder);
  }

  private static Path secret() {
    return secretFolder.resolve("secret");
  }

  @TestFactory
  Stream<DynamicContainer> attacks() {
    return AttackFile.NAMES.stream()
        .map(name -> dynamicContainer(name, Stream.of(name).flatMap(HostileScriptTest::tests)));
  }

  private static Stream<DynamicTest> tests(String name) {
    AttackFile file = AttackFile.read(name);
    Map<String, String> met = besideAVictim(file);
    return file.attacks().stream()
        .map(attack ->
            dynamicTest(
                attack.name(),
                () -> assertEquals(attack.outcome(), met.get(attack.name()), attack.layer())));
  }

  private static Map<String, String> besideAVictim(AttackFile file) {
    try (Victim victim = Victim.start(engine)) {
      String host = host();
      Map<String, String> met = file.isEachAlone() ? eachAlone(file, host) : together(file, host);
      victim.assertUnharmed();
      return met;
    } catch (Exception e) {
      throw new AssertionError("while the attacks of " + file.name() + " ran", e);
    }
  }

  /// What an attacker could have found out, as Python writes it.
  private static String host() {
    return """
    {"secret": "%s", "configuration": "%s", "folder": "%s", "socket": "%s",
     "broker": %d, "service": %d, "zygote": %d, "victim": %d}\
    """
        .formatted(
            secret(),
            service.config(),
            service.folder(),
            service.socket(),
            service.broker(),
            service.service(),
            service.zygote(),
            service.satelliteNamed("victim"));
  }

  private static Map<String, String> together(AttackFile file, String host) {
    return outcomes(file.script(host, file.attacks()));
  }

  private static Map<String, String> eachAlone(AttackFile file, String host) throws Exception {
    var met = new HashMap<String, String>();
    try (ExecutorService attackers = Executors.newFixedThreadPool(AT_ONCE)) {
      var running = new ArrayList<Future<Map<String, String>>>();
      for (Attack attack : file.attacks()) {
        running.add(
            attackers.submit(() ->
                attack.endsSession()
                    ? Map.of(attack.name(), end(file.scriptThatEnds(host, attack)))
                    : outcomes(file.script(host, List.of(attack)))));
      }
      for (Future<Map<String, String>> one : running) {
        met.putAll(one.get());
      }
    }
    return met;
  }

  private static ScriptRequest request(String script) {
    return ScriptRequest.builder("mallory", "Python", script).grace(GRACE).build();
  }

  private static Map<String, String> outcomes(String script) {
    var met = new HashMap<String, String>();
    for (List<Object> row : engine.run(request(script)).success().rows()) {
      met.put(row.getFirst().toString(), row.getLast().toString());
    }
    return met;
  }

  /// The error that the session ended with, or what it was instead.
  private static String end(String script) {
    ScriptRequest request =
        ScriptRequest.builder("mallory", "Python", script).deadline(DEADLINE).grace(GRACE).build();
    Outcome outcome = engine.run(request);
    return switch (outcome) {
      case Outcome.Success _ -> "success";
      case Outcome.Failure(var exception, var printed) -> {
        // A script that never ran has attacked nobody.
        assertTrue(printed.contains("attacking\n"), () -> exception + "; printed: " + printed);
        yield exception.code().name();
      }
    };
  }

  @Test
  void endsOfSessions_areErrorCodes() {
    AttackFile.allAttacks().stream()
        .filter(Attack::endsSession)
        .forEach(attack -> ErrorCode.valueOf(attack.outcome()));
  }
}
