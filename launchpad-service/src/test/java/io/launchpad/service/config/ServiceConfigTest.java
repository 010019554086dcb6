// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceConfigTest {
  private static final Path EXAMPLE =
      Path.of(System.getProperty("launchpad.root")).resolve("ops/config/launchpad.properties");

  @Test
  void parse_reportsEveryProblemWithItsLine() {
    var problems =
        Configs.problems(
            "pool.sessions-max = many", "pool.quue-wait = 3s", "limits.grace = 5", "nonsense");
    assertEquals(
        List.of(
            "test.properties:5: pool.sessions-max: not a whole number: many",
            "test.properties:6: unknown key pool.quue-wait; did you mean pool.queue-wait?",
            "test.properties:7: limits.grace: not a time with a unit (ms, s, m, h, d): 5",
            "test.properties:8: not a 'key = value' line: nonsense"),
        problems);
  }

  @Test
  void parse_refusesKeysSetTwice() {
    assertEquals(
        List.of("test.properties:6: pool.queue-max is already set in line 5"),
        Configs.problems("pool.queue-max = 3", "pool.queue-max = 4"));
  }

  @Test
  void parse_refusesEmptyValues() {
    assertEquals(
        List.of("test.properties:5: service.id: no value; leave the key out for its default"),
        Configs.problems("service.id ="));
  }

  @Test
  void parse_refusesNumbersOutsideTheirRange() {
    assertEquals(
        List.of(
            "test.properties:5: limits.stream-window: 65MiB is not between 1MiB and 64MiB",
            "test.properties:6: accounts.count: 0 is not between 3 and 65536"),
        Configs.problems("limits.stream-window = 65MiB", "accounts.count = 0"));
  }

  @Test
  void parse_namesWhatIsMissing() {
    var thrown = assertThrows(ConfigException.class, () -> Configs.parse(List.of(), Map.of()));
    String text = String.valueOf(thrown.getMessage());
    assertTrue(text.contains("no listener"), text);
    assertTrue(text.contains("no engine"), text);
    assertTrue(text.contains("no runtime"), text);
  }

  @Test
  void parse_refusesPlainTcpBeyondLoopback() {
    assertEquals(
        List.of(
            "test.properties:5: listener.tcp.address: plain TCP is for loopback only; use"
                + " listener.tls.address"),
        Configs.problems("listener.tcp.address = 0.0.0.0:7000"));
  }

  @Test
  void parse_refusesHostNames() {
    assertEquals(
        List.of(
            "test.properties:5: monitoring.address: not an IP address (IPv6 in brackets) and port:"
                + " localhost:80"),
        Configs.problems("monitoring.address = localhost:80"));
  }

  @Test
  void parse_refusesAccountUidsAsEngines() {
    assertEquals(
        List.of(
            "test.properties:6: uid 200001 belongs to the worker accounts and is never an engine"),
        Configs.problems("accounts.uid-first = 200000", "engine.bad.peer-uids = 200001"));
  }

  @Test
  void parse_refusesOneUidForTwoEngines() {
    assertEquals(
        List.of("test.properties:5: uid 1000 is already engine local"),
        Configs.problems("engine.second.peer-uids = 1000"));
  }

  @Test
  void parse_refusesEnginesThatCannotAuthenticate() {
    var problems = Configs.problems("engine.mute.connections-max = 2");
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().contains("engine mute cannot authenticate"));
  }

  @Test
  void parse_wantsOneDefaultRuntimePerLanguage() {
    assertEquals(
        List.of("test.properties: language python needs exactly one runtime with default = true"),
        Configs.problems(
            "runtime.two.language = python", "runtime.two.interpreter = /usr/bin/python3"));
  }

  @Test
  void secret_refusedWhenOthersCanReadItsFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "0123456789abcdef\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    var problems = Configs.problems("engine.w.secret-file = " + file);
    assertEquals(1, problems.size());
    assertTrue(problems.getFirst().contains("chmod 0600"), problems.getFirst());
  }

  @Test
  void secret_isReadFromItsFileAndNeverPrinted(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), "0123456789abcdef\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    var config = Configs.minimalAnd("engine.w.secret-file = " + file);
    assertEquals(List.of(Configs.secret("0123456789abcdef")), config.engines().getLast().secrets());
    assertFalse(config.toString().contains("0123456789abcdef"));
    assertFalse(config.print().contains("0123456789abcdef"));
    assertTrue(config.print().contains("engine.w.secret-file = " + file));
  }

  @Test
  void secret_refusedWhenShortOrAbsent() {
    var problems =
        Configs.problems(
            Map.of("A", "short"), "engine.a.secret-env = A", "engine.b.secret-env = B");
    assertEquals(
        List.of(
            "test.properties:5: engine.a.secret-env: the secret is shorter than 16 bytes",
            "test.properties:6: engine.b.secret-env: the environment has no variable B"),
        problems);
  }

  @Test
  void print_givesTheSameConfigurationAgain() {
    var config = Configs.minimalAnd("limits.grace = 7s", "runtime.python.environment.A = b=c");
    var again = Configs.parse(Arrays.asList(config.print().split("\n")), Map.of());
    assertEquals(config, again);
  }

  /// The example names every key there is, set or as a comment, and can be used once its files
  /// exist.
  @Test
  void example_namesEveryKey() throws IOException {
    var lines = Files.readAllLines(EXAMPLE);
    var shown =
        lines.stream()
            .map(line -> line.replaceFirst("^#", ""))
            .filter(line -> line.matches("[a-z][A-Za-z0-9_.-]* = .*"))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .collect(Collectors.toCollection(TreeSet::new));
    var active = lines.stream().filter(line -> !line.startsWith("#")).toList();
    var config = Configs.parse(active, Map.of());
    var known = new TreeSet<>(config.effective().keySet());
    var undocumented = new TreeSet<>(known);
    undocumented.removeAll(shown);
    assertEquals(new TreeSet<String>(), undocumented, "keys that the example does not show");
    var obsolete = new TreeSet<>(shown);
    obsolete.removeAll(known);
    obsolete.removeIf(key -> key.startsWith("runtime.python.environment."));
    obsolete.removeIf(key -> key.matches("(engine|runtime|resource-pool)\\.[a-z-]+-example\\..*"));
    assertEquals(new TreeSet<String>(), obsolete, "keys of the example that do not exist");
  }

  @Test
  void example_showsEachDefault() throws IOException {
    var lines = Files.readAllLines(EXAMPLE);
    var config = Configs.parse(lines.stream().filter(l -> !l.startsWith("#")).toList(), Map.of());
    for (String line : lines) {
      if (line.matches("#[a-z][A-Za-z0-9_.-]* = .*")) {
        int equals = line.indexOf(" = ");
        String inEffect = config.effective().get(line.substring(1, equals));
        if (inEffect != null && !inEffect.isEmpty()) {
          assertEquals(inEffect, line.substring(equals + 3), line);
        }
      }
    }
  }
}
