// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./launchpad host-setup` in a made-up machine: a mount namespace with an `/etc` of its own, in
/// which programs that reach further only write down how they were called.
final class HostSetupTest {
  private static final Path ROOT = Path.of(System.getProperty("launchpad.root"));
  private static final Path SCRIPT =
      ROOT.resolve("system-tests/src/test/resources/host-setup-world.sh");

  @TempDir private Path world;

  /// What it printed as commands, and how it ended.
  record Ran(int status, String output) {
    /// The commands that were shown, which are indented.
    List<String> commands() {
      return output.lines().filter(line -> line.startsWith("    ")).map(String::strip).toList();
    }
  }

  @BeforeEach
  void makeWorld() throws IOException {
    Files.createDirectories(world.resolve("etc/sysctl.d"));
    Files.createDirectories(world.resolve("etc/alternatives"));
    Files.createDirectories(world.resolve("systemd"));
    Files.createDirectories(world.resolve("bin"));
    Files.writeString(world.resolve("buffers"), "212992\n");
    Files.writeString(world.resolve("calls"), "");
    Files.writeString(world.resolve("missing"), "uidmap\n");
    file("passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/nowhere:/bin/sh\n");
    file("group", "root:x:0:\nalice:x:1000:\n");
    file("shadow", "root:*:1::::::\nalice:*:1::::::\n");
    file("gshadow", "root:*::\nalice:*::\n");
    file("nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n");
    file("login.defs", "SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\n");
    // Without a line break at the end, as people leave it.
    file("subuid", "alice:100000:65536\nbob:300000:1000");
    file("subgid", "carol:500000:10\n");
    stub("systemctl", "");
    stub("loginctl", "mkdir -p /var/lib/systemd/linger && touch \"/var/lib/systemd/linger/$2\"");
    stub("sysctl", "");
    stub("apt-get", "[ \"$1\" = update ] || : >" + world.resolve("missing"));
    stub(
        "dpkg-query",
        "for package; do :; done; ! grep -qx \"$package\" %s && echo installed"
            .formatted(world.resolve("missing")));
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(world.resolve("etc").resolve(name), text);
  }

  /// A program that writes down its call, if that changes anything, and does what `then` says.
  private void stub(String name, String then) throws IOException {
    String note =
        name.equals("dpkg-query")
            ? ""
            : "printf '%%s\\n' \"%s $*\" >>%s\n".formatted(name, world.resolve("calls"));
    Path program = world.resolve("bin").resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + note + then + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Ran hostSetup(boolean systemd, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("unshare", "--mount"));
    if (!ServiceUnderTest.isRoot()) {
      command.addAll(List.of("--user", "--map-root-user"));
    }
    command.addAll(List.of("bash", SCRIPT.toString(), world.toString(), Boolean.toString(systemd)));
    command.addAll(List.of(ROOT.resolve("launchpad").toString(), "host-setup"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS), output);
    return new Ran(process.exitValue(), output);
  }

  private Map<Path, String> etc() throws IOException {
    var files = new TreeMap<Path, String>();
    try (Stream<Path> paths = Files.walk(world.resolve("etc"))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        // Backups and locks of the programs that change users.
        if (!path.toString().endsWith("-") && !path.toString().endsWith(".lock")) {
          files.put(world.relativize(path), Files.readString(path));
        }
      }
    }
    return files;
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(world.resolve("calls"));
  }

  private String etc(String name) throws IOException {
    return Files.readString(world.resolve("etc").resolve(name));
  }

  @Test
  void dryRun_changesNothingAndShowsWhatWillBeDone() throws Exception {
    Map<Path, String> before = etc();
    Ran dry = hostSetup(true, "--user", "dba", "--dry-run");
    assertEquals(0, dry.status(), dry.output());
    assertEquals(before, etc());
    assertEquals(List.of(), calls());

    Ran real = hostSetup(true, "--user", "dba");
    assertEquals(0, real.status(), real.output());
    assertEquals(dry.commands(), real.commands());
  }

  @Test
  void hostSetup_preparesAMachineWithSystemd() throws Exception {
    Ran ran = hostSetup(true, "--user", "dba");
    assertEquals(0, ran.status(), ran.output());
    assertTrue(etc("passwd").contains("dba:x:"), etc("passwd"));
    assertEquals("alice:100000:65536\nbob:300000:1000\ndba:500010:65536\n", etc("subuid"));
    assertEquals("carol:500000:10\ndba:500010:65536\n", etc("subgid"));
    assertEquals(
        "[Service]\nDelegate=cpu memory pids\n",
        etc("systemd/system/user@.service.d/launchpad.conf"));
    assertEquals(
        "net.core.wmem_max = 4194304\nnet.core.rmem_max = 4194304\n",
        etc("sysctl.d/60-launchpad.conf"));
    assertEquals(
        List.of(
            "apt-get update -qq",
            "apt-get install -qq -y --no-install-recommends uidmap",
            "systemctl daemon-reload",
            "loginctl enable-linger dba",
            "sysctl --quiet --load /etc/sysctl.d/60-launchpad.conf"),
        calls());
  }

  @Test
  void hostSetup_doesNothingTheSecondTime() throws Exception {
    assertEquals(0, hostSetup(true, "--user", "alice").status());
    Map<Path, String> before = etc();
    List<String> called = calls();
    Ran again = hostSetup(true, "--user", "alice");
    assertEquals(0, again.status(), again.output());
    assertEquals(List.of(), again.commands());
    assertEquals(before, etc());
    assertEquals(called, calls());
  }

  @Test
  void hostSetup_givesGidsTheNumbersThatTheUidsHave() throws Exception {
    Ran ran = hostSetup(false, "--user", "alice");
    assertEquals(0, ran.status(), ran.output());
    assertEquals("alice:100000:65536\nbob:300000:1000", etc("subuid"));
    assertEquals("carol:500000:10\nalice:100000:65536\n", etc("subgid"));
  }

  @Test
  void hostSetup_leavesLargerBuffersAlone() throws Exception {
    Files.writeString(world.resolve("buffers"), "8388608\n");
    Ran ran = hostSetup(false, "--user", "alice");
    assertEquals(0, ran.status(), ran.output());
    assertEquals(List.of(), calls().stream().filter(call -> call.startsWith("sysctl")).toList());
  }

  @Test
  void ordinaryUserWithoutAccounts_isToldTheOneCommandToRun() throws Exception {
    var command =
        new ArrayList<>(
            ServiceUnderTest.isRoot()
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
                : List.of("unshare", "--user", "--")); // nobody, too
    command.addAll(List.of(ROOT.resolve("launchpad").toString(), "sql", "-e", "SELECT 1"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS), output);
    assertEquals(1, process.exitValue(), output);
    assertTrue(
        output.endsWith(
            "run once: sudo %s host-setup --user nobody\n".formatted(ROOT.resolve("launchpad"))),
        output);
  }

  @Test
  void hostSetup_refusesWhatIsNoName() throws Exception {
    Ran ran = hostSetup(false, "--user", "a; touch /etc/owned");
    assertEquals(1, ran.status(), ran.output());
    assertTrue(ran.output().contains("is no user's name"), ran.output());
    assertFalse(Files.exists(world.resolve("etc/owned")));
  }
}
