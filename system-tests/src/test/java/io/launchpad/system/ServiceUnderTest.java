// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real service below a real broker, started by the distribution's own command in a folder of its
/// own. Closing it verifies that nothing of it is left on the machine.
///
/// Its processes are recognised by a variable in their environment and, where this runs as root, by
/// uids that no other service has.
final class ServiceUnderTest implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final ProcessLog log;
  private final Monitoring monitoring;
  private final Settings.Accounts accounts;
  private final String marker;

  private ServiceUnderTest(
      Path folder,
      Process process,
      Monitoring monitoring,
      Settings.Accounts accounts,
      String marker) {
    this.folder = folder;
    this.process = process;
    this.monitoring = monitoring;
    this.accounts = accounts;
    this.marker = marker;
    log = ProcessLog.of(process);
  }

  static ServiceUnderTest start() throws Exception {
    return start(Settings.NONE);
  }

  /// Starts it and waits until it says that it is up.
  static ServiceUnderTest start(Settings settings) throws Exception {
    return start(settings, Installation.command());
  }

  /// Starts another installation's.
  static ServiceUnderTest start(Settings settings, Path command) throws Exception {
    ServiceUnderTest service = launch(settings, command);
    try {
      service.log.await("launchpad is up");
      return service;
    } catch (Throwable e) {
      service.end();
      throw e;
    }
  }

  /// Starts it without waiting.
  static ServiceUnderTest launch(Settings settings) throws IOException {
    return launch(settings, Installation.command());
  }

  private static ServiceUnderTest launch(Settings settings, Path command) throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "launchpad-system-");
    passable(folder);
    Path run = Files.createDirectory(folder.resolve("run"));
    passable(run);
    if (isRoot()) {
      Files.setOwner(run, serviceUser());
    }
    String marker = "LAUNCHPAD_TEST_" + UUID.randomUUID().toString().replace('-', '_');
    var accounts = isRoot() ? Settings.Accounts.some() : Settings.Accounts.ofThisUser();
    int port = Settings.freePort();
    Path config = folder.resolve("launchpad.properties");
    Files.writeString(
        config,
        settings.text(
            run.resolve("launchpad.sock"), folder.resolve("work"), port, accounts, marker));
    return new ServiceUnderTest(
        folder, process(command, config, marker), new Monitoring(port), accounts, marker);
  }

  private static Process process(Path command, Path config, String marker) throws IOException {
    var builder =
        new ProcessBuilder(command.toString(), "serve", config.toString())
            .redirectErrorStream(true);
    builder.environment().put(marker, "1");
    builder.environment().put("LAUNCHPAD_RUNTIMES", Installation.runtimes().toString());
    builder.environment().put("TEST_PASSWORD", "a secret of the service");
    return builder.start();
  }

  /// A service after this one, which has ended, with the same configuration and folders.
  ServiceUnderTest startNext() throws Exception {
    var next =
        new ServiceUnderTest(
            folder,
            process(Installation.command(), config(), marker),
            monitoring,
            accounts,
            marker);
    next.log.await("launchpad is up");
    return next;
  }

  private static void passable(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// The user that a service started as root runs as.
  static UserPrincipal serviceUser() throws IOException {
    return FileSystems.getDefault()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(Installation.serviceUser());
  }

  static boolean isRoot() {
    return Processes.uid(ProcessHandle.current().pid()) == 0;
  }

  Path folder() {
    return folder;
  }

  Path config() {
    return folder.resolve("launchpad.properties");
  }

  Path socket() {
    return folder.resolve("run/launchpad.sock");
  }

  Transport transport() {
    return new Transport.Unix(socket());
  }

  ProcessLog log() {
    return log;
  }

  Monitoring monitoring() {
    return monitoring;
  }

  // ---- its processes ----

  long broker() {
    return process.pid();
  }

  /// The broker's child that holds the broker's socket.
  long service() {
    return childOfBroker("LAUNCHPAD_BROKER_FD=");
  }

  /// The broker's child that was given a runtime.
  long zygote() {
    return childOfBroker("LAUNCHPAD_RUNTIME=");
  }

  boolean hasZygote() {
    return findChildOfBroker("LAUNCHPAD_RUNTIME=").isPresent();
  }

  private long childOfBroker(String environment) {
    return findChildOfBroker(environment)
        .orElseThrow(() -> new AssertionError("the broker has no child with " + environment));
  }

  private Optional<Long> findChildOfBroker(String environment) {
    return children(environment).stream().findFirst();
  }

  /// The broker's children with this in their environment.
  List<Long> children(String environment) {
    return Processes.children(broker()).stream()
        .filter(pid -> Processes.environmentHolds(pid, environment))
        .toList();
  }

  /// Whether a uid is one of its zygotes' and satellites'.
  boolean isAccount(long uid) {
    return accounts.contains(uid);
  }

  /// The satellite whose script has given it this name: a child of its session's init.
  long satelliteNamed(String name) {
    return Processes.children(zygote()).stream()
        .flatMap(init -> Processes.children(init).stream())
        .filter(pid -> Processes.name(pid).orElse("").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no satellite is called " + name));
  }

  /// Every process of this service, the broker included, zombies too.
  List<Long> processes() {
    return Processes.all().stream()
        .filter(pid ->
            pid == broker()
                || Processes.environmentHolds(pid, marker + "=")
                || accounts.contains(Processes.uid(pid))
                // An ordinary user's inits are the user's own, and show nobody their environment.
                || isBelowBroker(pid))
        .filter(pid -> pid != broker() || process.isAlive())
        .toList();
  }

  void awaitNoProcess() {
    Deadline.await(
        "no process left; there are " + describe(processes()), () -> processes().isEmpty());
  }

  String describeProcesses() {
    return describe(processes());
  }

  /// Whether it is the broker or a descendant of it.
  boolean isBelowBroker(long pid) {
    long at = pid;
    while (at > 1 && at != broker()) {
      at = Processes.parent(at);
    }
    return at == broker();
  }

  private static String describe(List<Long> processes) {
    return processes.stream().map(Processes::describe).toList().toString();
  }

  List<Path> workFolders() throws IOException {
    if (!Files.exists(folder.resolve("work"))) {
      return List.of(); // confined sessions have none on the host
    }
    try (Stream<Path> all = Files.walk(folder.resolve("work"), 2)) {
      return all.filter(path -> path.getNameCount() == folder.getNameCount() + 3).toList();
    }
  }

  // ---- its end ----

  /// Waits until every engine is gone and only parked satellites are there.
  void awaitIdle() {
    monitoring.awaitIdle();
  }

  /// As the administrator ends it: SIGTERM.
  void terminate() {
    // Not Process.destroy, which also closes our end of its output.
    process.toHandle().destroy();
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /// However long it runs.
  void awaitExit() throws InterruptedException {
    process.waitFor();
  }

  int awaitEnd() {
    try {
      assertTrue(
          process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS),
          () -> "it did not end:\n" + log.all());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while a service ended", e);
    }
    return process.exitValue();
  }

  /// The end of a service that was terminated: with status 0, and with nothing in its log that was
  /// given up, killed for being late or complained about. Whatever has a time limit on the way down
  /// says so when it comes to that.
  void awaitOrderlyEnd() {
    int status = awaitEnd();
    assertEquals(0, status, () -> log.all());
    assertEquals(List.of(), log.complaintsSince("draining"), () -> log.all());
  }

  /// Ends it if it still runs, and verifies that nothing is left.
  @Override
  public void close() throws IOException {
    try {
      if (process.isAlive()) {
        terminate();
        awaitOrderlyEnd();
      }
      awaitNoProcess();
      assertEquals(List.of(), workFolders(), "work folders left");
      assertEquals(List.of(), log.linesWith("LEAK"), "buffers left");
    } finally {
      end();
    }
  }

  /// Whatever happened: no process of ours stays on the machine.
  private void end() throws IOException {
    processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.sorted(Comparator.reverseOrder()).forEach(ServiceUnderTest::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
