// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.service;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A launchpad service of this process's own: a child on a private Unix socket that ends with it.
///
/// The child reads its standard input only to learn that this process is gone, whatever ended it.
public final class PrivateService implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final Duration STOP_MAX = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int LOG_TAIL_LINES = 20;

  private final Process process;
  private final PrivateFolder folder;
  private final Path socket;

  private PrivateService(Process process, PrivateFolder folder, Path socket) {
    this.process = process;
    this.folder = folder;
    this.socket = socket;
  }

  /// Starts the service of an installation and waits until it accepts connections.
  ///
  /// @param home the installation's folder
  /// @param runtimes where the installed runtimes are
  /// @throws IOException when it does not start; the message ends with what it last said
  public static PrivateService start(Path home, Path runtimes) throws IOException {
    PrivateFolder folder = PrivateFolder.create(Path.of(System.getProperty("java.io.tmpdir")));
    try {
      PrivateService service = launch(home, runtimes, folder);
      service.awaitReady();
      return service;
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static PrivateService launch(Path home, Path runtimes, PrivateFolder folder)
      throws IOException {
    ServiceUser user = ServiceUser.ofThisProcess();
    PrivateSettings settings = new PrivateSettings(folder.path(), home, runtimes, user.uid());
    Path file = Files.write(folder.path().resolve("launchpad.properties"), settings.lines());
    user.hand(folder.path(), file);
    Process process =
        new ProcessBuilder(
                "setsid", // or a Ctrl-C that is meant for a statement would end the service
                home.resolve("bin/launchpad").toString(),
                "serve",
                "--end-with-stdin",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.path().resolve("service.log").toFile())
            .start();
    return new PrivateService(process, folder, settings.socket());
  }

  /// The socket that engines connect to.
  public Path socket() {
    return socket;
  }

  /// The file that the service writes its log to; it goes with the service.
  public Path log() {
    return folder.path().resolve("service.log");
  }

  /// The process id, for those who want to see what a dying service does.
  public long pid() {
    return process.pid();
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (!accepts()) {
      boolean ended = !process.isAlive();
      if (ended || System.nanoTime() - deadline > 0) {
        String last = logTail();
        process.destroyForcibly();
        String what =
            ended
                ? "ended with status " + process.exitValue()
                : "is not ready after " + START_MAX.toSeconds() + " s";
        throw new IOException("the launchpad service " + what + ". It last said:\n" + last);
      }
      pause();
    }
  }

  private boolean accepts() {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false; // there, but nobody listens yet
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the launchpad service was starting", e);
    }
  }

  private String logTail() throws IOException {
    List<String> lines = Files.readAllLines(log());
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
  }

  /// Ends the service and removes its folder; safe to call again.
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    boolean interrupted = false;
    try {
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    folder.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
