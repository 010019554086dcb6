// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.service.config.ServiceConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoctorTest {
  private static final List<String> OPTIONS =
      List.of(
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  @TempDir Path folder;

  private final List<List<String>> commands = new ArrayList<>();
  private Machine.Ran ran = new Machine.Ran(0, "3.12.3\n");
  private Machine.Ran facts = new Machine.Ran(0, "v2\nmemory swap processes cpu cpu_account \n\n");
  private List<String> factsCommand = List.of();
  private boolean root;
  private int javaFeature = 25;
  private List<String> javaOptions = OPTIONS;
  private int bufferMax = Integer.MAX_VALUE;

  @BeforeEach
  void install() throws IOException {
    Files.createDirectories(folder.resolve("satellites/launchpad_satellite"));
    Files.createDirectory(folder.resolve("run"));
    Files.createDirectory(folder.resolve("bin"));
    for (String name :
        List.of(
            "launchpad-broker",
            "launchpad-init",
            "launchpad-exec",
            "liblaunchpad_zygote.so",
            "liblaunchpad_machine.so")) {
      Path file = Files.createFile(folder.resolve("bin").resolve(name));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    subuid("");
    Files.writeString(folder.resolve("core_pattern"), "core\n");
  }

  private void subuid(String text) throws IOException {
    Files.writeString(folder.resolve("subuid"), text);
  }

  private List<Finding> examine(String... more) throws IOException {
    var machine =
        new Machine(
            folder,
            folder.resolve("subuid"),
            folder.resolve("core_pattern"),
            "launchpad",
            root,
            javaFeature,
            javaOptions,
            asked -> Math.min(asked, bufferMax),
            this::run);
    var lines = new ArrayList<>(minimal());
    lines.addAll(List.of(more));
    Path file = Files.write(folder.resolve("config"), lines);
    return new Doctor(machine).examine(ServiceConfig.load(file, Map.of()));
  }

  private List<String> minimal() {
    return List.of(
        "listener.unix.path = " + folder.resolve("run/socket"),
        "engine.local.peer-uids = 1000",
        "runtime.main.language = python",
        "runtime.main.interpreter = /bin/sh",
        "launcher.python.library = " + folder.resolve("satellites"),
        "monitoring.address = 127.0.0.1:0");
  }

  private Machine.Ran run(List<String> command, Map<String, String> environment, Duration time) {
    if (command.contains("--facts")) {
      factsCommand = command;
      return facts;
    }
    commands.add(command);
    return ran;
  }

  private static void assertFound(List<Finding> findings, Finding.Level level, String text) {
    assertTrue(
        findings.stream()
            .anyMatch(finding -> finding.level() == level && finding.print().contains(text)),
        findings.toString());
  }

  @Test
  void limits_areJudgedByWhatTheBrokerFinds() throws IOException {
    assertFound(examine("sandbox = none"), Finding.Level.OK, "control groups v2: memory swap");
    facts = new Machine.Ran(0, "none\n\nnothing is mounted\n");
    assertFound(
        examine("sandbox = none"),
        Finding.Level.WARN,
        "resource-pool.default.session-memory = 4GiB");
    assertFound(
        examine("sandbox = none", "resource-pool.default.session-cpus = 2"),
        Finding.Level.FAIL,
        "resource-pool.default.session-cpus = 2 (nothing is mounted)");
    assertFound(examine(), Finding.Level.FAIL, "resource-pool.default.session-memory = 4GiB");
    assertFound(examine(), Finding.Level.FAIL, "unlimited, or sandbox.limits = available");
    assertFound(
        examine("sandbox.limits = available"),
        Finding.Level.WARN,
        "resource-pool.default.session-memory = 4GiB");
    assertFound(
        examine("sandbox.limits = available", "resource-pool.default.session-memory = 1GiB"),
        Finding.Level.FAIL,
        "resource-pool.default.session-memory = 1GiB");
    assertFound(
        examine("resource-pool.default.session-memory = 1GiB"),
        Finding.Level.FAIL,
        "as root, or set them to unlimited");
    facts = new Machine.Ran(127, "not found");
    assertFound(examine("sandbox = none"), Finding.Level.FAIL, "not found");
    facts = new Machine.Ran(0, "v9\n\n\n");
    assertFound(examine("sandbox = none"), Finding.Level.FAIL, "of another version");
  }

  @Test
  void promises_areTheBrokersAndTheServices() throws IOException {
    facts =
        new Machine.Ran(
            0,
            "v1\nmemory swap processes cpu cpu_account \n\nkept P6: no network\nweak P2: no Landlock\n");
    var findings = examine("pool.sessions-per-identity-max = 7");
    assertFound(findings, Finding.Level.OK, "P6: no network");
    assertFound(findings, Finding.Level.WARN, "P2: no Landlock");
    assertFound(
        findings, Finding.Level.OK, "P12: a deadline for every session (limits.deadline = 1h)");
    assertFound(findings, Finding.Level.OK, "P17: at most 7 sessions of one user");
  }

  @Test
  void promises_thatCannotBeKeptFail() throws IOException {
    facts = new Machine.Ran(0, "none\n\n\nrefused uid 1000 has no range of worker accounts\n");
    var findings = examine();
    assertFound(findings, Finding.Level.FAIL, "uid 1000 has no range");
    assertTrue(findings.stream().noneMatch(f -> f.print().contains("P17")), findings.toString());
  }

  @Test
  void broker_isAskedWithTheOptionsOfTheService() throws IOException {
    root = true;
    var _ = examine("accounts.uid-first = 300000", "accounts.count = 65", "sandbox.cgroup = v1");
    assertEquals(
        List.of(
            folder.resolve("bin/launchpad-broker").toString(),
            "--sandbox",
            "full",
            "--cgroup",
            "v1",
            "--accounts",
            "300000:65",
            "--service-user",
            "launchpad",
            "--facts"),
        factsCommand);
  }

  @Test
  void corePattern_warnsWhenItStartsAProgram() throws IOException {
    assertFound(examine(), Finding.Level.OK, "kernel.core_pattern");
    Files.writeString(folder.resolve("core_pattern"), "|/usr/lib/systemd/systemd-coredump %P\n");
    assertFound(examine(), Finding.Level.WARN, "kernel.core_pattern = |/usr/lib/systemd");
  }

  @Test
  void folderThatCannotBeShown_failsWithItsKey() throws IOException {
    // The test's own folder is below /tmp.
    assertFound(
        examine("runtime.main.readable = /proc/sys"),
        Finding.Level.FAIL,
        "launcher.python.library: %s cannot be shown to confined scripts"
            .formatted(folder.resolve("satellites")));
    assertFound(
        examine("runtime.main.readable = /proc/sys"),
        Finding.Level.FAIL,
        "runtime.main.readable: /proc/sys cannot be shown");
  }

  @Test
  void examine_failsNothingWhenAllIsWell() throws IOException {
    var findings = examine("sandbox = none");
    assertEquals(
        List.of(), findings.stream().filter(f -> f.level() == Finding.Level.FAIL).toList());
    assertFound(findings, Finding.Level.OK, "runtime main: Python 3.12.3");
    assertFound(findings, Finding.Level.OK, "socket buffers of 4MiB");
    assertTrue(findings.stream().noneMatch(finding -> finding.print().contains("\n")));
  }

  @Test
  void java_failsWhenOldOrWithoutItsOptions() throws IOException {
    javaOptions = OPTIONS.subList(0, 2);
    assertFound(examine(), Finding.Level.FAIL, "without --enable-native-access=ALL-UNNAMED");
    javaFeature = 21;
    assertFound(examine(), Finding.Level.FAIL, "Java 21");
  }

  @Test
  void programs_failWhenOneIsMissing() throws IOException {
    Files.delete(folder.resolve("bin/launchpad-init"));
    assertFound(examine(), Finding.Level.FAIL, "launchpad-init not in");
  }

  @Test
  void sandbox_isShoutedWhenOff() throws IOException {
    assertFound(examine("sandbox = none"), Finding.Level.WARN, "SANDBOX IS OFF");
    assertFound(examine("sandbox = full"), Finding.Level.OK, "sandbox = full");
  }

  @Test
  void accounts_warnWhenThereAreNone() throws IOException {
    assertFound(examine("sandbox = none"), Finding.Level.WARN, "no worker accounts");
    assertFound(examine(), Finding.Level.OK, "gives to this user");
  }

  @Test
  void accounts_failWhenSomebodyElseHasThem() throws IOException {
    root = true;
    subuid("launchpad:200000:64\nsomebody:200063:65536\n");
    assertFound(
        examine("accounts.uid-first = 200000"), Finding.Level.FAIL, "accounts.uid-first = 265599");
    subuid("launchpad:200000:64\nsomebody:200064:65536\n");
    assertFound(
        examine(),
        Finding.Level.OK,
        "worker accounts 200000 to 200063 (zygotes, and launchpad01 to launchpad63)");
    assertFound(examine("accounts.uid-first = any"), Finding.Level.OK, "64 free ones");
  }

  @Test
  void accounts_areThoseReservedForTheServicesUser() throws IOException {
    root = true;
    subuid("somebody:200000:65536\nlaunchpad:400000:65536\n");
    assertFound(examine(), Finding.Level.OK, "worker accounts 400000 to 400063");
    subuid("launchpad:400000:63\n");
    assertFound(examine(), Finding.Level.OK, "worker accounts 200000 to 200063");
  }

  @Test
  void workFolder_failsWhenAccountsCannotReachIt() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    String setting = "sandbox.work-folder = " + closed.resolve("sessions");
    assertFound(examine(setting), Finding.Level.OK, "sandbox.work-folder");
    root = true;
    assertFound(examine(setting), Finding.Level.FAIL, "chmod o+x " + closed.toRealPath());
  }

  @Test
  void socketBuffers_warnWhenClamped() throws IOException {
    bufferMax = 212_992;
    assertFound(examine(), Finding.Level.WARN, "net.core.wmem_max=4194304");
  }

  @Test
  void listener_failsWithoutFolderOrWithAnOpenOne() throws IOException {
    Path run = folder.resolve("run");
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertFound(examine(), Finding.Level.FAIL, "chmod o-w " + run);
    Files.delete(run);
    assertFound(examine(), Finding.Level.FAIL, "mkdir -p " + run);
  }

  @Test
  void listener_failsWhenSomebodyListens() throws IOException {
    try (var other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(folder.resolve("run/socket")));
      assertFound(examine(), Finding.Level.FAIL, "somebody listens");
    }
  }

  @Test
  void listener_failsWhenItsPortIsTaken() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + other.getLocalPort();
      assertFound(
          examine("listener.tcp.address = " + address), Finding.Level.FAIL, "listener.tcp.address");
    }
  }

  @Test
  void listener_failsWhenEverybodyCanReadItsKey() throws IOException {
    Path key = Files.createFile(folder.resolve("tls.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertFound(
        examine(
            "listener.tls.address = 127.0.0.1:0",
            "listener.tls.certificate = " + key,
            "listener.tls.key = " + key),
        Finding.Level.FAIL,
        "chmod 0600 " + key);
  }

  @Test
  void runtime_failsWithTheLastLineOfItsTrial() throws IOException {
    ran = new Machine.Ran(1, "3.12.3\nTraceback\nModuleNotFoundError: No module named 'pandas'\n");
    assertFound(
        examine("sandbox = none"),
        Finding.Level.FAIL,
        "No module named 'pandas'; mend: /bin/sh -m pip");
    ran = new Machine.Ran(Machine.TOO_LONG, "");
    assertFound(examine("sandbox = none"), Finding.Level.FAIL, "raise pool.start-timeout");
  }

  @Test
  void runtime_failsWithoutInterpreter() throws IOException {
    assertFound(
        examine(
            "sandbox = none",
            "runtime.two.language = python",
            "runtime.two.interpreter = /nowhere/python",
            "runtime.main.default = true"),
        Finding.Level.FAIL,
        "/nowhere/python");
    assertEquals(1, commands.size(), "only the runtime that exists is tried");
  }

  @Test
  void runtime_isTriedAsTheZygotesUser() throws IOException {
    root = true;
    for (Path each : List.of(folder, folder.resolve("satellites"))) {
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertFound(examine("sandbox = none"), Finding.Level.OK, "runtime main");
    assertTrue(commands.getFirst().contains("--reuid=200000"), commands.toString());
  }

  @Test
  void runtime_failsWhenTheZygotesUserCannotReachIt() throws IOException {
    root = true;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    assertFound(examine(), Finding.Level.FAIL, "chmod o+x " + folder.toRealPath());
    assertEquals(List.of(), commands);
  }

  @Test
  void run_failsOnAConfigurationThatCannotBeRead() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "0123456789abcdef");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    var lines = new ArrayList<>(minimal());
    lines.add("engine.local.secret-file = " + secret);
    Path file = Files.write(folder.resolve("config"), lines);
    var out = new ByteArrayOutputStream();
    int status = Doctor.run(file, Map.of(), new PrintStream(out, true, StandardCharsets.UTF_8));
    assertEquals(1, status);
    assertTrue(out.toString(StandardCharsets.UTF_8).contains("chmod 0600 " + secret));
  }

  @Test
  void commands_reportStatusOutputAndTime() throws Exception {
    var machine = Machine.real(Map.of());
    var said =
        machine
            .commands()
            .run(
                List.of("/bin/sh", "-c", "echo $WORD; exit 3"),
                Map.of("WORD", "hello"),
                Duration.ofSeconds(20));
    assertEquals(new Machine.Ran(3, "hello\n"), said);
    var slow =
        machine.commands().run(List.of("/bin/sleep", "600"), Map.of(), Duration.ofMillis(50));
    assertEquals(Machine.TOO_LONG, slow.status());
  }
}
