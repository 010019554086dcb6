// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A user whose scripts attack, and what they met.
///
/// @param secret a file of the host that everybody there may read
record Attacker(ServiceUnderTest service, Engine engine, Path secret) {
  static final int AT_ONCE = 4;
  private static final Duration DEADLINE = Duration.ofSeconds(4);
  private static final Duration GRACE = Duration.ofMillis(100);

  /// A service that is attacked: its limits are those that hostile/exhaustion.py knows.
  static final Settings SETTINGS =
      limited(
          Settings.NONE
              .with("runtime.python.parked-min", AT_ONCE)
              .with("runtime.python.parked-max", AT_ONCE)
              .with("sandbox.scratch-size", "32MiB")
              .with("sandbox.scratch-files", 1024));

  /// Nobody gives an ordinary user control groups here.
  private static Settings limited(Settings settings) {
    return ServiceUnderTest.isRoot()
        ? settings
            .with("resource-pool.default.session-memory", "256MiB")
            .with("resource-pool.default.session-processes", 128)
        : settings;
  }

  /// What each attack of a file met. There is a victim.
  Map<String, String> attack(AttackFile file) throws Exception {
    String host = host();
    return file.isEachAlone() ? eachAlone(file, host) : outcomes(file.script(host, file.attacks()));
  }

  /// What an attacker could have found out, as Python writes it.
  private String host() {
    return """
    {"secret": "%s", "configuration": "%s", "folder": "%s", "socket": "%s",
     "broker": %d, "service": %d, "zygote": %d, "victim": %d}\
    """
        .formatted(
            secret,
            service.config(),
            service.folder(),
            service.socket(),
            service.broker(),
            service.service(),
            service.zygote(),
            service.satelliteNamed("victim"));
  }

  private Map<String, String> eachAlone(AttackFile file, String host) throws Exception {
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

  private Map<String, String> outcomes(String script) {
    ScriptRequest request = ScriptRequest.builder("mallory", "Python", script).grace(GRACE).build();
    var met = new HashMap<String, String>();
    for (List<Object> row : engine.run(request).success().rows()) {
      met.put(row.getFirst().toString(), row.getLast().toString());
    }
    return met;
  }

  /// The error that the session ended with, or what it was instead.
  private String end(String script) {
    ScriptRequest request =
        ScriptRequest.builder("mallory", "Python", script).deadline(DEADLINE).grace(GRACE).build();
    return switch (engine.run(request)) {
      case Outcome.Success _ -> "success";
      case Outcome.Failure(var exception, var printed) -> {
        // A script that never ran has attacked nobody.
        assertTrue(printed.contains("attacking\n"), () -> exception + "; printed: " + printed);
        yield exception.code().name();
      }
    };
  }
}
