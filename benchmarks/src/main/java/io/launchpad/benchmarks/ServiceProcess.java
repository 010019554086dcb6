// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.ClientConfig;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// The service under measurement: the built distribution, started as an installation starts it, on
/// a private Unix socket.
final class ServiceProcess implements AutoCloseable {
  private static final long START_SECONDS_MAX = 60;
  private static final long STOP_SECONDS_MAX = 20;
  private static final long POLL_MILLIS = 50;

  private final Process process;
  private final Path folder;

  private ServiceProcess(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /// @param settings `key = value`, beside what every service under measurement has
  static ServiceProcess start(List<String> settings) throws IOException, InterruptedException {
    Path home = Path.of(environment("LAUNCHPAD_HOME"));
    Path folder = Files.createTempDirectory("launchpad-bench-");
    // Worker accounts have their session folders in it.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    List<String> lines = new ArrayList<>(settings(folder, uid));
    lines.addAll(settings);
    Path config = Files.write(folder.resolve("launchpad.properties"), lines);
    if (uid == 0) {
      var users = folder.getFileSystem().getUserPrincipalLookupService();
      var owner =
          users.lookupPrincipalByName(
              System.getenv().getOrDefault("LAUNCHPAD_SERVICE_USER", "launchpad"));
      Files.setOwner(folder, owner);
      Files.setOwner(config, owner);
    }
    Process process =
        new ProcessBuilder(
                home.resolve("bin/launchpad").toString(),
                "serve",
                "--end-with-stdin",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("service.log").toFile())
            .start();
    var service = new ServiceProcess(process, folder);
    try {
      service.awaitReady();
    } catch (IOException e) {
      service.close();
      throw e;
    }
    return service;
  }

  private static List<String> settings(Path folder, int uid) {
    Path python = Path.of(environment("LAUNCHPAD_RUNTIMES"), "python", "bin", "python3");
    return List.of(
        "service.id = bench",
        "listener.unix.path = " + folder.resolve("launchpad.sock"),
        "engine.bench.peer-uids = " + uid,
        "accounts.uid-first = any",
        "sandbox = full",
        "sandbox.limits = available",
        "sandbox.work-folder = " + folder.resolve("sessions"),
        "runtime.python.language = python",
        "runtime.python.interpreter = " + python,
        "runtime.python.default = true",
        "logging.level = warn",
        "monitoring.enabled = false");
  }

  /// Settings that add R with data.table to a service.
  static List<String> withR() {
    return List.of(
        "runtime.r.language = R",
        "runtime.r.interpreter = " + Path.of(environment("LAUNCHPAD_RUNTIMES"), "r", "bin", "R"),
        "runtime.r.imports = data.table");
  }

  static String environment(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set: use `./launchpad bench`");
    }
    return value;
  }

  /// How a client reaches it.
  ClientConfig clientConfig() {
    return ClientConfig.of(new Transport.Unix(folder.resolve("launchpad.sock")));
  }

  /// The processes whose memory is the service's own: the broker and the Java VM below it.
  List<Long> pids() {
    Stream<Long> virtualMachine =
        process
            .children()
            .filter(child -> child.info().command().orElse("").endsWith("/java"))
            .map(ProcessHandle::pid);
    return Stream.concat(Stream.of(process.pid()), virtualMachine).toList();
  }

  /// Waits until there are this many processes of a name below it.
  void awaitProcesses(String name, int count) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    while (below(name) < count) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IOException("%d of %d processes %s came".formatted(below(name), count, name));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private long below(String name) {
    return process
        .descendants()
        .filter(each -> each.info().command().orElse("").contains(name))
        .count();
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
    while (!accepts()) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IOException(
            "the service did not start:\n" + Files.readString(folder.resolve("service.log")));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private boolean accepts() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(folder.resolve("launchpad.sock")));
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /// Ends it; nothing happens the second time.
  @Override
  public void close() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    process.getOutputStream().close();
    try {
      process.onExit().get(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      process.destroyForcibly();
    }
    String log = Files.readString(folder.resolve("service.log"));
    if (!log.isBlank()) {
      System.err.println("The service said:\n" + log);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
