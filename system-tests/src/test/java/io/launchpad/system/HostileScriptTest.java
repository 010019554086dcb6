// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.launchpad.protocol.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
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
    service = ServiceUnderTest.start(Attacker.SETTINGS);
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
    // What control groups stop is tried where there are some.
    return AttackFile.NAMES.stream()
        .filter(name -> ServiceUnderTest.isRoot() || !name.equals("exhaustion"))
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
      Map<String, String> met = new Attacker(service, engine, secret()).attack(file);
      victim.assertUnharmed();
      return met;
    } catch (Exception e) {
      throw new AssertionError("while the attacks of " + file.name() + " ran", e);
    }
  }

  @Test
  void endsOfSessions_areErrorCodes() {
    AttackFile.allAttacks().stream()
        .filter(Attack::endsSession)
        .forEach(attack -> ErrorCode.valueOf(attack.outcome()));
  }
}
