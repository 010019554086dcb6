// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds when a layer of the confinement is left out, by a build of the zygote's library that
/// is made here and nowhere else: another layer, or nothing, so that none is decoration.
@Tag("nightly")
final class LayersTest {
  // enum layer of session/confinement.h
  private static final int LANDLOCK = 1;
  private static final int SYSTEM_CALLS = 2;
  private static final int NETWORKS = 4;
  private static final int LIMITS = 8;

  private static final String DONE = "done";
  private static final Path ROOT = Path.of(System.getProperty("launchpad.root"));

  /// What is left out, a file of attacks, and what some of them then meet; the rest is as before.
  static List<Arguments> layers() {
    return List.of(
        // The mounts and the account hold alone.
        Arguments.of(LANDLOCK, "files", Map.of()),
        Arguments.of(LANDLOCK, "processes", Map.of()),
        // Landlock's scopes hold alone.
        Arguments.of(
            NETWORKS,
            "sockets",
            Map.of(
                "connects_to_the_victims_abstract_socket", "EPERM",
                "takes_the_victims_abstract_name", "EADDRINUSE",
                "looks_for_sockets_of_others", "@victim")),
        Arguments.of(
            NETWORKS | LANDLOCK,
            "sockets",
            Map.of(
                "connects_to_the_victims_abstract_socket",
                DONE,
                "takes_the_victims_abstract_name",
                "EADDRINUSE")),
        Arguments.of(
            LIMITS,
            "exhaustion",
            Map.of(
                "opens_files_without_end", "10000 of them",
                "queues_signals_without_end", "5000 of them",
                "makes_timers_without_end", "5000 of them")),
        Arguments.of(
            SYSTEM_CALLS,
            "kernel",
            Map.of(
                "makes_a_user_namespace", DONE,
                "joins_a_key_ring", DONE,
                "has_the_host_make_a_key", DONE,
                "opens_a_ring_of_requests", DONE,
                "turns_address_randomisation_off", DONE,
                "changes_its_segments", DONE,
                // No capability and no new privileges hold alone.
                "mounts_a_file_system", "EPERM",
                "loads_a_program_into_the_kernel", "EPERM",
                "reboots", "EPERM")),
        Arguments.of(
            SYSTEM_CALLS,
            "sockets",
            Map.of(
                "opens_a_connection", DONE,
                "speaks_to_the_kernel", DONE,
                "speaks_to_the_hypervisor", DONE,
                "reads_raw_packets", "EPERM")));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void otherLayers_holdOrDoNot(int leftOut, String name, Map<String, String> changed)
      throws Exception {
    Path home = Files.createTempDirectory(ROOT.resolve("system-tests/target"), "layers-");
    AttackFile file = AttackFile.read(name);
    try {
      build(leftOut, home);
      try (var service =
          ServiceUnderTest.start(Attacker.SETTINGS, home.resolve("dist/bin/launchpad"))) {
        try (var engine = Engine.of(service.transport());
            // Whether it is unharmed is not asked here.
            var _ = Victim.start(engine)) {
          Map<String, String> met =
              new Attacker(service, engine, home.resolve("none")).attack(file);
          assertEquals(expected(file, leftOut, changed), ofInterest(file, leftOut, changed, met));
        }
        service.awaitIdle();
      }
    } finally {
      run("rm", "-rf", home.toString());
    }
  }

  private static Map<String, String> expected(
      AttackFile file, int leftOut, Map<String, String> changed) {
    var outcomes = new TreeMap<String, String>();
    file.attacks().forEach(attack -> outcomes.put(attack.name(), attack.outcome()));
    return ofInterest(file, leftOut, changed, withAll(outcomes, changed));
  }

  private static Map<String, String> withAll(Map<String, String> all, Map<String, String> changed) {
    all.putAll(changed);
    return all;
  }

  /// What a call without the filter meets differs among kernels: only those named are compared.
  private static Map<String, String> ofInterest(
      AttackFile file, int leftOut, Map<String, String> changed, Map<String, String> outcomes) {
    var chosen = new TreeMap<String, String>();
    for (Attack attack : file.attacks()) {
      boolean isOpen = leftOut == SYSTEM_CALLS && attack.layer().equals("system calls");
      if (!isOpen || changed.containsKey(attack.name())) {
        chosen.put(attack.name(), outcomes.getOrDefault(attack.name(), "?"));
      }
    }
    return chosen;
  }

  /// The installation, with the zygote's library built anew.
  private static void build(int leftOut, Path home) throws Exception {
    run("chmod", "755", home.toString());
    run("cp", "-r", Installation.home().toString(), home.resolve("dist").toString());
    Path library = home.resolve("native/liblaunchpad_zygote.so");
    run(
        "make",
        "-s",
        "-C",
        ROOT.resolve("sandbox/src/main/native").toString(),
        "OUT=" + library.getParent(),
        "CFLAGS=-DLEFT_OUT=" + leftOut,
        library.toString());
    run("cp", library.toString(), home.resolve("dist/bin/").toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (!process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError("failed: " + String.join(" ", command));
    }
  }
}
