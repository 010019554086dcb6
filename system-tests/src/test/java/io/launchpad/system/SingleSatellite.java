// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/// A satellite that listens by itself, without launchpad: one connection, one session.
final class SingleSatellite implements AutoCloseable {
  private final Process process;
  private final Path socket;

  private SingleSatellite(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /// Starts it and waits until its socket is there.
  static SingleSatellite start(Path folder) throws Exception {
    Path socket = folder.resolve("satellite.sock");
    try (WatchService appearances = folder.getFileSystem().newWatchService()) {
      folder.register(appearances, StandardWatchEventKinds.ENTRY_CREATE);
      var builder =
          new ProcessBuilder(
                  Installation.interpreter().toString(),
                  "-m",
                  "launchpad_satellite",
                  "--listen",
                  "unix:" + socket)
              .inheritIO();
      builder.environment().put("PYTHONPATH", Installation.satelliteLibrary().toString());
      var satellite = new SingleSatellite(builder.start(), socket);
      if (appearances.poll(Deadline.LONG.toSeconds(), TimeUnit.SECONDS) == null) {
        satellite.close();
        throw new IOException("the satellite did not listen on " + socket);
      }
      return satellite;
    }
  }

  Transport transport() {
    return new Transport.Unix(socket);
  }

  /// Waits until it has ended by itself.
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the satellite did not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
