// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.OutputListener;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.ParkedSatellite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A parked satellite of `test_zygote.py`, with its output collected.
final class TestSatellite implements AutoCloseable {

  /// Collects; completes `closed` when both pipes are at their end.
  static final class Output implements OutputListener {

    private final Map<OutputStreamKind, ByteArrayOutputStream> written =
        new EnumMap<>(OutputStreamKind.class);
    private final CompletableFuture<Void> stdoutClosed = new CompletableFuture<>();
    private final CompletableFuture<Void> stderrClosed = new CompletableFuture<>();

    @Override
    public synchronized void written(OutputStreamKind stream, byte[] bytes) {
      written.computeIfAbsent(stream, _ -> new ByteArrayOutputStream()).writeBytes(bytes);
    }

    @Override
    public void closed(OutputStreamKind stream) {
      boolean _ =
          switch (stream) {
            case STDOUT -> stdoutClosed.complete(null);
            case STDERR -> stderrClosed.complete(null);
          };
    }

    synchronized String text(OutputStreamKind stream) {
      ByteArrayOutputStream bytes = written.get(stream);
      return bytes == null ? "" : bytes.toString(StandardCharsets.UTF_8);
    }

    synchronized int size(OutputStreamKind stream) {
      ByteArrayOutputStream bytes = written.get(stream);
      return bytes == null ? 0 : bytes.size();
    }

    void awaitClosed() throws Exception {
      var _ = CompletableFuture.allOf(stdoutClosed, stderrClosed).get(30, TimeUnit.SECONDS);
    }
  }

  final ParkedSatellite satellite;
  final Output output;
  final BlockingChannel control;
  final BlockingChannel data;

  TestSatellite(ParkedSatellite satellite, Output output) throws IOException {
    this.satellite = satellite;
    this.output = output;
    ParkedSatellite.Sockets sockets = satellite.takeSockets();
    this.control = new BlockingChannel(sockets.control());
    this.data = new BlockingChannel(sockets.data());
    String hello = new String(control.read(5), StandardCharsets.UTF_8);
    if (!hello.equals("HELLO")) {
      throw new IOException("not a hello: " + hello);
    }
  }

  /// Executes and waits for the answer.
  String run(String source) throws IOException {
    control.writeText(source);
    return control.readText();
  }

  /// Executes what does not answer.
  void start(String source) throws IOException {
    control.writeText(source);
  }

  ExitReport exited() throws Exception {
    return satellite.exited().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /// Ends it and waits, so that its slot may be used again.
  @Override
  public void close() {
    satellite.close();
    control.close();
    data.close();
    var _ = satellite.exited().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
