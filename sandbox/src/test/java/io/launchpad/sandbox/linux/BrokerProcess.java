// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A real broker with a scenario as its service, and everything below it as the host sees it.
///
/// Programs and classes are copied to a folder that every account can read, wherever the repository
/// stands. It is not below /tmp, which is the sandbox's own inside.
final class BrokerProcess implements AutoCloseable {

  private static final long DEADLINE_SECONDS = 60;

  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;
  private final Path folder;
  private final String classPath;
  private final Setup setup;

  private BrokerProcess(Process process, Path folder, String classPath, Setup setup) {
    this.process = process;
    this.folder = folder;
    this.classPath = classPath;
    this.setup = setup;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.input = process.outputWriter(StandardCharsets.UTF_8);
  }

  /// Who runs it, and with which options beyond those every test needs.
  ///
  /// @param options `FOLDER` in them is where programs and classes stand
  /// @param isClosed whether only their owner may enter that folder
  record Setup(List<String> prefix, List<String> options, boolean isClosed) {

    static final Setup DEFAULT = new Setup(List.of(), List.of(), false);
    static final Setup FULL = new Setup(List.of(), List.of("--sandbox", "full"), false);
    static final Setup TREE = new Setup(List.of(), List.of("--lifetime", "tree"), false);

    static final Setup CGROUP_V1 = new Setup(List.of(), List.of("--cgroup", "v1"), false);
    static final Setup CGROUP_V2 = new Setup(List.of(), List.of("--cgroup", "v2"), false);
    static final Setup CGROUP_NONE = new Setup(List.of(), List.of("--cgroup", "none"), false);

    /// Where a folder above the programs is closed, as below root's home.
    static final Setup CLOSED =
        new Setup(
            List.of(),
            List.of(
                "--work-folder",
                "/tmp",
                "--expose",
                "FOLDER/native",
                "--expose",
                "FOLDER/class-path-0",
                "--expose",
                "FOLDER/class-path-1"),
            true);

    /// With something to log at its start, to a pipe that nobody reads any more.
    static final Setup UNREAD_LOG =
        new Setup(
            List.of(
                "/usr/bin/python3",
                "-c",
                """
                import os, signal, sys
                command = sys.argv[1:]
                os.mkdir(command[command.index("--work-folder") + 1] + "/launchpad-work-left00")
                reader, writer = os.pipe()
                os.dup2(writer, 2)
                os.close(reader)
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                os.execv(command[0], command)
                """),
            List.of(),
            false);

    /// The same, confined.
    static final Setup CLOSED_FULL =
        new Setup(
            List.of(),
            Stream.concat(CLOSED.options.stream(), FULL.options.stream()).toList(),
            true);

    /// As user nobody where this runs as root, else as whoever this is.
    static Setup ordinaryUser() {
      return new Setup(
          isRoot()
              ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
              : List.of(),
          List.of(),
          false);
    }
  }

  static boolean isRoot() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Another build of the programs, such as one with sanitizers, can be named.
  static Path programs() {
    return Path.of(System.getProperty("launchpad.root"))
        .resolve(System.getProperty("launchpad.native", "sandbox/target/native"));
  }

  static BrokerProcess start(Setup setup, String scenario) throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-it-");
    open(folder, "rwxr-xr-x");
    open(Files.createDirectory(folder.resolve("work")), "rwxrwxrwx");
    copyTree(programs(), folder.resolve("native"));
    var classPath = new ArrayList<String>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      // The scenario needs the module and its logging facade, not the test framework.
      if (entry.contains("/sandbox/target/") || entry.contains("slf4j")) {
        Path copy = folder.resolve("class-path-" + classPath.size());
        copyTree(Path.of(entry), copy);
        classPath.add(copy.toString());
      }
    }
    if (setup.isClosed) {
      open(folder, "rwx------");
    }
    return start(folder, String.join(":", classPath), setup, scenario);
  }

  /// A broker after this one, with the same programs and the same place for work folders.
  BrokerProcess startNext(String scenario) throws IOException {
    return start(folder, classPath, setup, scenario);
  }

  private static BrokerProcess start(Path folder, String classPath, Setup setup, String scenario)
      throws IOException {
    // As from a shell that starts it in the background: with signals ignored that scripts must not
    // ignore.
    var command = new ArrayList<>(List.of("sh", "-c", "trap '' INT QUIT; exec \"$@\"", "sh"));
    command.addAll(setup.prefix);
    command.add(folder.resolve("native/launchpad-broker").toString());
    command.addAll(
        List.of("--sandbox", "none", "--work-folder", folder.resolve("work").toString()));
    setup.options.forEach(option -> command.add(option.replace("FOLDER", folder.toString())));
    command.addAll(
        List.of(
            "--",
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            ScenarioMain.class.getName(),
            scenario));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new BrokerProcess(process, folder, classPath, setup);
  }

  private static void open(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(
        path, java.nio.file.attribute.PosixFilePermissions.fromString(permissions));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(path -> !path.toString().contains("/objects")).toList()) {
        Path target = from.equals(path) ? to : to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
          open(target, "rwxr-xr-x");
        } else {
          Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
          open(target, Files.isExecutable(path) ? "rwxr-xr-x" : "rw-r--r--");
        }
      }
    }
  }

  /// Reads until the scenario prints a line that starts so; returns that line.
  String await(String start) throws IOException {
    var seen = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      seen.append(line).append('\n');
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("no line starting with '" + start + "' in:\n" + seen);
  }

  void tell(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  /// Waits for the end; what was still printed, and the exit status as the last line.
  String finish() throws IOException, InterruptedException {
    String rest = output.lines().collect(Collectors.joining("\n"));
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the broker did not end; it printed:\n" + rest);
    }
    return rest + "\nstatus " + process.exitValue();
  }

  Path folder() {
    return folder;
  }

  ProcessHandle broker() {
    return process.toHandle();
  }

  ProcessHandle service() {
    return child(broker(), "java");
  }

  ProcessHandle zygote() {
    return child(broker(), "python3");
  }

  /// The inits of the sessions.
  List<ProcessHandle> inits() {
    return zygote().children().toList();
  }

  /// The control groups of the satellites, in every hierarchy: empty where there are none.
  List<Path> groups() throws IOException {
    var groups = new ArrayList<Path>();
    for (ProcessHandle satellite : inits().stream().flatMap(ProcessHandle::children).toList()) {
      for (String line :
          Files.readAllLines(Path.of("/proc", Long.toString(satellite.pid()), "cgroup"))) {
        String[] parts = line.split(":", 3);
        if (parts[2].contains("/launchpad-")) {
          Path hybrid =
              Path.of("/sys/fs/cgroup/" + (parts[1].isEmpty() ? "unified" : parts[1]) + parts[2]);
          groups.add(Files.exists(hybrid) ? hybrid : Path.of("/sys/fs/cgroup" + parts[2]));
        }
      }
    }
    return groups;
  }

  private static ProcessHandle child(ProcessHandle parent, String program) {
    return parent
        .children()
        .filter(child -> child.info().command().orElse("").contains(program))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no child runs " + program));
  }

  /// Everything of this broker, itself included.
  Set<ProcessHandle> everything() {
    return Stream.concat(Stream.of(broker()), broker().descendants()).collect(Collectors.toSet());
  }

  int openDescriptors(ProcessHandle of) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(of.pid()), "fd"))) {
      return (int) descriptors.count();
    }
  }

  /// What is left of work folders.
  List<Path> workFolders() throws IOException {
    try (Stream<Path> folders = Files.list(folder.resolve("work"))) {
      return folders.toList();
    }
  }

  /// SIGKILL; the handle must be of this broker's family.
  static void kill(ProcessHandle victim) {
    victim.destroyForcibly();
  }

  static void awaitEnd(Iterable<ProcessHandle> processes) throws Exception {
    for (ProcessHandle handle : processes) {
      if (handle.isAlive()) {
        var _ = handle.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Set<ProcessHandle> all = everything();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
