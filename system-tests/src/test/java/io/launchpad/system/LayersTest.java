// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.bxl.BxlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds when a layer of the confinement is left out, by a build that is made here and nowhere
/// else: another layer, or nothing, so that none is decoration.
///
/// docs/THREAT_MODEL.md says in words what is shown here.
@Tag("nightly")
final class LayersTest {
  private static final String DONE = "done";

  /// Whatever the machine makes of it, but not what the layer would have said.
  private static final String OTHERWISE = "otherwise";

  private static final Map<String, String> WRITABLE =
      Map.of(
          "deletes_a_device", "EACCES",
          "exchanges_tmp", "EACCES",
          "finds_mounts_with_set_uid_programs", OTHERWISE,
          "opens_a_device_to_nobody", "EPERM",
          "plants_code_in_the_interpreter", "EACCES",
          "plants_code_in_the_satellite", "EACCES",
          "preloads_a_library_into_everybody", "EACCES",
          "touches_a_device", DONE,
          "writes_to_the_root_folder", "EACCES",
          "writes_to_usr", "EACCES");

  /// Those of hostile/frames.py that a body carries.
  private static final List<String> BODIES =
      List.of(
          "lets_texts_point_at_memory_behind_them",
          "lets_texts_run_backwards",
          "sends_texts_that_are_none",
          "lies_about_nulls",
          "points_at_entries_that_no_dictionary_has");

  private static final Path ROOT = Path.of(System.getProperty("launchpad.root"));
  private static final Path NATIVE = ROOT.resolve("sandbox/src/main/native");

  /// The numbers of enum layer of session/confinement.h; [#FRAMES] is the service's.
  enum Layer {
    LANDLOCK(1),
    SYSTEM_CALLS(2),
    NETWORKS(4),
    LIMITS(8),
    NAMES(16),
    READ_ONLY(32),
    CAPABILITIES(64),
    IPC(128),
    PIDS(256),
    GROUPS(512),
    SCRATCH(1024),
    HOST_NAME(2048),
    GROUP_NAMES(4096),
    FRAMES(0);

    private final int bit;

    Layer(int bit) {
      this.bit = bit;
    }

    private boolean isOfTheBroker() {
      return this == SYSTEM_CALLS || this == NAMES || this == READ_ONLY || this == PIDS;
    }
  }

  /// @param only the attacks that are made; all of the file's when empty
  /// @param changed what some of them then meet; the rest is stopped as ever
  record Case(Set<Layer> leftOut, String file, Set<String> only, Map<String, String> changed) {
    private static Case without(Layer layer, String file, Map<String, String> changed) {
      return new Case(EnumSet.of(layer), file, Set.of(), changed);
    }

    private Case andWithout(Layer layer) {
      var both = EnumSet.copyOf(leftOut);
      both.add(layer);
      return new Case(both, file, only, changed);
    }

    /// Where the others would take all there is of the machine, or say what only its kernel knows.
    private Case only(String... names) {
      return new Case(leftOut, file, Set.of(names), changed);
    }

    private AttackFile attacks() {
      AttackFile all = AttackFile.read(file);
      return only.isEmpty()
          ? all
          : new AttackFile(
              file,
              all.source(),
              all.attacks().stream().filter(attack -> only.contains(attack.name())).toList());
    }

    private Case onlyChanged() {
      return new Case(leftOut, file, changed.keySet(), changed);
    }

    @Override
    public String toString() {
      return leftOut + " " + file;
    }
  }

  /// All, or those whose name `-Dlayers=REGEX` finds.
  static List<Case> chosenCases() {
    var chosen = Pattern.compile(System.getProperty("layers", ""));
    return cases().stream().filter(one -> chosen.matcher(one.toString()).find()).toList();
  }

  private static List<Case> cases() {
    return List.of(
        // Landlock: the mounts and the account hold alone.
        Case.without(Layer.LANDLOCK, "files", Map.of()),
        Case.without(Layer.LANDLOCK, "processes", Map.of()),
        // Networks: Landlock's scopes hold alone, but names can be seen.
        Case.without(
            Layer.NETWORKS,
            "sockets",
            Map.of(
                "connects_to_the_victims_abstract_socket", "EPERM",
                "takes_the_victims_abstract_name", "EADDRINUSE",
                "looks_for_sockets_of_others", "@victim")),
        Case.without(
                Layer.NETWORKS,
                "sockets",
                Map.of(
                    "connects_to_the_victims_abstract_socket", DONE,
                    "takes_the_victims_abstract_name", "EADDRINUSE",
                    "looks_for_sockets_of_others", "@victim"))
            .andWithout(Layer.LANDLOCK),
        // The other namespaces. What has a key is found; the account still keeps it from being
        // read.
        Case.without(
            Layer.IPC,
            "sockets",
            Map.of(
                "opens_the_victims_shared_memory", DONE,
                "reads_the_victims_shared_memory", "EACCES",
                "opens_the_victims_semaphores", DONE,
                "opens_the_victims_messages", DONE)),
        Case.without(Layer.PIDS, "processes", Map.of("finds_numbers_of_processes", OTHERWISE)),
        Case.without(Layer.HOST_NAME, "processes", Map.of("reads_the_hosts_name", OTHERWISE)),
        Case.without(Layer.GROUP_NAMES, "processes", Map.of("reads_where_its_group_is", OTHERWISE)),
        // Without it init finds no process of another account to end; the broker does, later, and
        // then nobody saw how the satellite had ended.
        Case.without(Layer.PIDS, "endings", Map.of("kills_everything_it_can", "CHANNEL_CLOSED")),
        // The root folder's names alone keep what the host lets everybody read; the account keeps
        // the rest.
        Case.without(
            Layer.NAMES,
            "files",
            Map.ofEntries(
                Map.entry("climbs_out", "EACCES"),
                Map.entry("climbs_out_from_an_open_folder", "EACCES"),
                Map.entry("follows_a_link_of_its_own", "EACCES"),
                Map.entry("goes_through_its_own_root", "EACCES"),
                Map.entry("reads_the_hosts_password_hashes", "EACCES"),
                Map.entry("lists_roots_home", "EACCES"),
                Map.entry("lists_homes", OTHERWISE),
                Map.entry("lists_run", OTHERWISE),
                Map.entry("lists_var", OTHERWISE),
                Map.entry("reads_the_hosts_users", OTHERWISE),
                Map.entry("reads_a_file_that_everybody_may_read", DONE))),
        // That the mounts are read-only is not all that keeps them as they are, but for the times
        // of a device.
        Case.without(Layer.READ_ONLY, "files", WRITABLE),
        // Behind Landlock there is still the account.
        Case.without(Layer.READ_ONLY, "files", WRITABLE).andWithout(Layer.LANDLOCK),
        // Without it any account of the range can be taken; what else its capabilities would be
        // good for, the system calls refuse.
        Case.without(
            Layer.CAPABILITIES,
            "processes",
            Map.of(
                "changes_to_the_neighbours_account", DONE,
                "joins_other_groups", DONE,
                "pretends_to_be_a_neighbour_over_a_socket", DONE,
                "pretends_to_be_its_init_over_a_socket", DONE,
                "raises_an_ambient_capability", DONE)),
        Case.without(Layer.CAPABILITIES, "kernel", Map.of()),
        // Quantities.
        Case.without(
            Layer.LIMITS,
            "exhaustion",
            Map.of(
                "opens_files_without_end", "10000 of them",
                "queues_signals_without_end", "5000 of them",
                "makes_timers_without_end", "5000 of them")),
        // A limit of the account on processes stands behind that of the group; the deadline behind
        // all.
        Case.without(
                Layer.GROUPS,
                "exhaustion",
                Map.of("fills_memory_with_many_processes", "DEADLINE_EXCEEDED"))
            .only(
                "forks_without_end",
                "starts_threads_without_end",
                "fills_memory_with_many_processes"),
        Case.without(
                Layer.SCRATCH,
                "exhaustion",
                Map.of("fills_the_disk", DONE, "makes_files_without_end", DONE))
            .onlyChanged(),
        // The filter of system calls. What a call without it meets differs among kernels: only
        // those named are made.
        Case.without(
                Layer.SYSTEM_CALLS,
                "kernel",
                Map.of(
                    "makes_a_user_namespace", DONE,
                    "joins_a_key_ring", DONE,
                    // It asks the host's program, which has none of that name.
                    "has_the_host_make_a_key", "ENOENT",
                    "opens_a_ring_of_requests", DONE,
                    "turns_address_randomisation_off", DONE,
                    "changes_its_segments", DONE))
            .onlyChanged(),
        // No capability and no new privileges hold alone.
        Case.without(Layer.SYSTEM_CALLS, "kernel", Map.of())
            .only("mounts_a_file_system", "loads_a_program_into_the_kernel", "reboots"),
        Case.without(
                Layer.SYSTEM_CALLS,
                "sockets",
                Map.of(
                    "opens_a_connection", DONE,
                    "speaks_to_the_kernel", DONE,
                    "speaks_to_the_hypervisor", DONE,
                    "reads_raw_packets", "EPERM"))
            .onlyChanged());
  }

  @ParameterizedTest
  @MethodSource("chosenCases")
  void otherLayers_holdOrDoNot(Case one) throws Exception {
    Path home = Files.createTempDirectory(ROOT.resolve("system-tests/target"), "layers-");
    try {
      build(one.leftOut(), home);
      assertEquals(new TreeMap<>(one.changed()), differences(one, outcomes(one, home)));
    } finally {
      run("rm", "-rf", home.toString());
    }
  }

  @Test
  void columnsThatTheServicePassesUnchecked_areFoundByTheEnginesReader() throws Exception {
    Path home = Files.createTempDirectory(ROOT.resolve("system-tests/target"), "layers-");
    try {
      build(EnumSet.of(Layer.FRAMES), home);
      try (var service =
              ServiceUnderTest.start(Attacker.SETTINGS, home.resolve("dist/bin/launchpad"));
          var engine = Engine.of(service.transport())) {
        AttackFile file = AttackFile.read("frames");
        for (Attack attack : file.attacks()) {
          if (BODIES.contains(attack.name())) {
            readsNothingBad(engine, file.scriptThatEnds("{}", attack));
          }
        }
      }
    } finally {
      run("rm", "-rf", home.toString());
    }
  }

  private static void readsNothingBad(Engine engine, String script) throws Exception {
    try (Call call = engine.start(Engine.request(script).build())) {
      var output = call.execution().outputs().getFirst();
      assertThrows(
          BxlException.class,
          () -> {
            while (output.loadNextBatch()) {
              // The schema is right, the columns are not.
            }
          });
    }
  }

  private static Map<String, String> outcomes(Case one, Path home) throws Exception {
    Path secret = Files.createTempFile(Path.of("/var/tmp"), "launchpad-secret-", "");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    try (var service =
        ServiceUnderTest.start(Attacker.SETTINGS, home.resolve("dist/bin/launchpad"))) {
      Map<String, String> met;
      try (var engine = Engine.of(service.transport());
          // Whether it is unharmed is not asked here.
          var _ = Victim.start(engine)) {
        met = new Attacker(service, engine, secret).attack(one.attacks());
      }
      service.awaitIdle();
      return met;
    } finally {
      Files.delete(secret);
    }
  }

  /// What was not stopped as its file says.
  private static Map<String, String> differences(Case one, Map<String, String> met) {
    var found = new TreeMap<String, String>();
    for (Attack attack : one.attacks().attacks()) {
      String outcome = met.getOrDefault(attack.name(), "not made");
      if (!outcome.equals(attack.outcome())) {
        boolean whatever = OTHERWISE.equals(one.changed().get(attack.name()));
        found.put(attack.name(), whatever ? OTHERWISE : outcome);
      }
    }
    return found;
  }

  /// The installation, with those programs built anew that have the layers.
  private static void build(Set<Layer> leftOut, Path home) throws Exception {
    Path dist = home.resolve("dist");
    run("chmod", "755", home.toString());
    run("cp", "-r", Installation.home().toString(), dist.toString());
    int bits = leftOut.stream().mapToInt(layer -> layer.bit).sum();
    if (bits != 0) {
      make(bits, "liblaunchpad_zygote.so", home);
    }
    if (leftOut.stream().anyMatch(Layer::isOfTheBroker)) {
      make(bits, "launchpad-broker", home);
    }
    if (leftOut.contains(Layer.FRAMES)) {
      replaceValidator(home, dist.resolve("lib/service"));
    }
  }

  private static void make(int leftOut, String program, Path home) throws Exception {
    Path built = home.resolve("native").resolve(program);
    run(
        "make",
        "-s",
        "-C",
        NATIVE.toString(),
        "OUT=" + built.getParent(),
        "CFLAGS=-DLEFT_OUT=" + leftOut,
        built.toString());
    run("cp", built.toString(), home.resolve("dist/bin/").toString());
  }

  /// A service that takes every body of columns for good.
  private static void replaceValidator(Path home, Path libraries) throws Exception {
    Path jar = only(libraries, "bxl-codec-");
    Path source = Files.createDirectories(home.resolve("io/launchpad/bxl"));
    Files.copy(resource("BodyValidator.java"), source.resolve("BodyValidator.java"));
    run(
        java("javac"),
        "-cp",
        libraries + "/*",
        "-d",
        home.resolve("classes").toString(),
        source.resolve("BodyValidator.java").toString());
    run(java("jar"), "uf", jar.toString(), "-C", home.resolve("classes").toString(), ".");
  }

  private static Path only(Path folder, String start) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(start))
          .findFirst()
          .orElseThrow();
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(LayersTest.class.getResourceAsStream("/layers/" + name), name);
  }

  private static String java(String tool) {
    return Path.of(System.getProperty("java.home"), "bin", tool).toString();
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (!process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError("failed: " + String.join(" ", command));
    }
  }
}
