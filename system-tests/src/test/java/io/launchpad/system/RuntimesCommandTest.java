// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `./launchpad runtimes` over a folder of small runtimes: each is looked at by itself.
@Timeout(120)
final class RuntimesCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("launchpad.root"));

  @TempDir private Path runtimes;

  private record Ended(int status, List<String> lines) {
    String line(String name) {
      return lines.stream().filter(l -> l.startsWith(name + " ")).findFirst().orElse("");
    }
  }

  private Ended run(String... arguments) throws Exception {
    return runOver(runtimes, arguments);
  }

  private Ended runOver(Path folder, String... arguments) throws Exception {
    Path out = runtimes.resolveSibling(runtimes.getFileName() + ".out");
    var command =
        Stream.concat(
                Stream.of(ROOT.resolve("launchpad").toString(), "runtimes"), Stream.of(arguments))
            .toList();
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("LAUNCHPAD_RUNTIMES", folder.toString());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(100, TimeUnit.SECONDS), "it does not end");
      return new Ended(process.exitValue(), Files.readAllLines(out));
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(out);
    }
  }

  /// A runtime with an interpreter that says its version, and one more file.
  private Path install(String name) throws Exception {
    Path folder = Files.createDirectories(runtimes.resolve(name));
    program(Files.createDirectories(folder.resolve("bin")).resolve("python"), "echo Python 3.11");
    Files.writeString(folder.resolve("module.py"), "x = 1\n");
    Files.writeString(folder.resolve(".key"), "0123456789abcdef\n");
    var record =
        new ProcessBuilder(
            "bash",
            "-c",
            ". \"$1/ops/command/runtimes.sh\" && record_files \"$2\"",
            "sh",
            ROOT.toString(),
            folder.toString());
    record.environment().put("STATE", folder.toString());
    assertEquals(0, record.inheritIO().start().waitFor());
    return folder;
  }

  private static void program(Path file, String text) throws Exception {
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @BeforeEach
  void installTwo() throws Exception {
    install("first");
    install("second");
  }

  @Test
  void runtimesThatWork_areListedAndVerified() throws Exception {
    Ended list = run();
    assertEquals(0, list.status());
    assertTrue(list.line("first").endsWith("installed"), list.toString());
    assertTrue(list.line("second").contains("0123456789abcdef"), list.toString());
    Ended verified = run("verify");
    assertEquals(0, verified.status(), verified.toString());
    assertEquals(List.of("first            ok", "second           ok"), verified.lines());
  }

  @Test
  void fileThatIsNotTheInstalledOne_isNamed() throws Exception {
    Files.writeString(runtimes.resolve("first/module.py"), "x = 2\n");
    Ended verified = run("verify");
    assertEquals(1, verified.status());
    assertTrue(verified.line("first").contains("broken: ./module.py"), verified.toString());
    assertEquals("second           ok", verified.line("second"));
  }

  /// Also those that are made from no lock file.
  @Test
  void runtimesOfRAndJava_areVerifiedFileByFile() throws Exception {
    Ended verified = runOver(Installation.runtimes(), "verify", "r", "java");
    assertEquals(List.of("r                ok", "java             ok"), verified.lines());
    Path copy = Files.createDirectories(runtimes.resolve("r/bin"));
    Files.createSymbolicLink(copy.resolve("R"), Installation.rInterpreter().toRealPath());
    Files.writeString(runtimes.resolve("r/.key"), "0123456789abcdef\n");
    assertTrue(run("verify", "r").line("r").contains("broken"), "a runtime without its package");
  }

  @Test
  void interpreterThatDoesNotStart_isToldAndConcernsNoOther() throws Exception {
    program(runtimes.resolve("first/bin/python"), "echo no library >&2; exit 1");
    Ended verified = run("verify");
    assertEquals(1, verified.status());
    assertTrue(verified.line("first").contains("no library"), verified.toString());
    assertEquals("second           ok", verified.line("second"));
    assertEquals(0, run("verify", "second").status());
  }

  @Test
  void runtimeWithoutInterpreter_isListedAsBroken() throws Exception {
    Files.delete(runtimes.resolve("second/bin/python"));
    assertTrue(run("list").line("second").contains("broken"), run("list").toString());
    assertEquals(1, run("verify", "second").status());
  }

  @Test
  void leftoversOfInstallations_areNoRuntimesAndAreRemoved() throws Exception {
    Files.createDirectories(runtimes.resolve("third.new/bin"));
    assertEquals("", run("list").line("third.new"));
    assertEquals(0, run("clean").status());
    assertTrue(Files.notExists(runtimes.resolve("third.new")));
    assertTrue(Files.exists(runtimes.resolve("first")));
  }

  @Test
  void lockFileWithoutHashes_isRefused() throws Exception {
    Path lock = Files.writeString(runtimes.resolve("x.lock"), "pandas==3.0.0\n");
    Ended added = run("add", "third", lock.toString());
    assertEquals(1, added.status());
    assertTrue(String.join("\n", added.lines()).contains("has no hashes"), added.toString());
  }

  @Test
  void rebuild_refusesWhatItCannotMake() throws Exception {
    Ended ended = run("rebuild", "nothing");
    assertEquals(1, ended.status());
    assertEquals(
        List.of("launchpad: runtimes rebuild: there is no 'nothing' that this command could make"),
        ended.lines());
  }
}
