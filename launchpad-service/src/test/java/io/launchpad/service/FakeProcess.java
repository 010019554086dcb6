// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.OutputListener;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.SatelliteOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A satellite of this process: speaks the protocol over real sockets, does what the test says, and
/// ends when told.
final class FakeProcess implements ParkedSatellite, ConnectionHandler, SatelliteOutput {
  /// What a satellite does with its script, on its event loop.
  interface Script {
    void run(FakeProcess satellite, Execute request);

    default void interrupted(FakeProcess satellite) {}
  }

  private final ParkRequest request;
  private final Sockets sockets;
  private final int dataDescriptor;
  private final Supplier<Script> scripts;
  private final CompletableFuture<ExitReport> exited = new CompletableFuture<>();
  private final Map<Integer, OutboundStream> outputs = new HashMap<>();
  private @Nullable Connection connection;
  private @Nullable Script running;
  private byte[] stderrTail = {};
  private volatile ExitReport.Met met = ExitReport.Met.NONE;
  private volatile long processesRefused;
  private volatile long memoryKills;
  private final CompletableFuture<Void> reportsMayGo = new CompletableFuture<>();
  private final AtomicBoolean reported = new AtomicBoolean();
  private volatile Runnable ended = () -> {};
  private volatile boolean reportsHeld;
  private volatile ResourceLimits limits = ResourceLimits.NONE;
  private final boolean limitsNeverAnswered;
  private int measured;
  private volatile boolean begun;
  private volatile boolean tailsBroken;

  /// @param limitsNeverAnswered whether a limit that is set for its session stays without answer
  FakeProcess(
      ParkRequest request,
      Sockets sockets,
      int dataDescriptor,
      Supplier<Script> scripts,
      boolean limitsNeverAnswered) {
    this.limitsNeverAnswered = limitsNeverAnswered;
    this.request = request;
    this.sockets = sockets;
    this.dataDescriptor = dataDescriptor;
    this.scripts = scripts;
  }

  // ---- what scripts use ----

  Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("not connected");
    }
    return connection;
  }

  /// The satellite's end of the data channel, for those who want to break its rules.
  int dataDescriptor() {
    return dataDescriptor;
  }

  void started() {
    send(new Message.Started("", "", "", 0, 0, true));
  }

  void print(long number, String text) {
    send(
        new Message.Output(
            number, Message.OutputChannel.STDOUT, Message.OutputSource.INTERPRETER, text, 0));
  }

  void printRaw(String text) {
    request.output().written(OutputStreamKind.STDOUT, text.getBytes(StandardCharsets.UTF_8));
  }

  void stderrTail(String text) {
    stderrTail = text.getBytes(StandardCharsets.UTF_8);
  }

  /// Sends frames; completes when the last one has been written.
  CompletionStage<?> sendFrames(int stream, List<byte[]> frames) {
    var out = outputs.computeIfAbsent(stream, s -> connection().openOutbound(s, FrameType.DATA));
    CompletionStage<?> last = CompletableFuture.completedStage(null);
    for (byte[] frame : frames) {
      ByteBuf bytes = Unpooled.directBuffer(frame.length).writeBytes(frame);
      last = out.send(List.of(bytes));
    }
    return last;
  }

  void completed(Message.StreamTotal... totals) {
    send(
        new Message.Completed(
            List.of(totals), Message.Times.ZERO, Optional.empty(), Optional.empty(), 1));
  }

  void send(Message message) {
    var _ = connection().send(message);
  }

  /// Ends: its sockets close, then its exit is reported.
  void exit(ExitReport.Cause cause, Ending ending) {
    if (connection != null) {
      connection.close();
      var _ = connection.closed().thenAccept(_ -> report(cause, ending));
    } else {
      report(cause, ending);
    }
  }

  /// Its end is reported, on a way of its own that may be faster than its channels.
  void report(ExitReport.Cause cause, Ending ending) {
    if (reportsHeld) {
      var _ = reportsMayGo.thenRun(() -> reportNow(cause, ending));
    } else {
      reportNow(cause, ending);
    }
  }

  /// Its end is not reported before [#letReportsGo].
  void holdReports() {
    reportsHeld = true;
  }

  void letReportsGo() {
    reportsMayGo.complete(null);
  }

  /// Runs this when its end is reported, before anybody hears of it.
  void whenEnded(Runnable task) {
    ended = task;
  }

  private void reportNow(ExitReport.Cause cause, Ending ending) {
    if (reported.compareAndSet(false, true)) {
      ended.run();
    }
    exited.complete(
        new ExitReport(
            slot(),
            generation(),
            ending,
            cause,
            ExitReport.Usage.NONE,
            new ExitReport.Limits(
                met,
                Duration.ofSeconds(3),
                1000,
                limits.memoryBytes(),
                limits.cpuTime(),
                limits.processes(),
                processesRefused)));
  }

  /// The limit it meets, for its exit report.
  void met(ExitReport.Met next) {
    met = next;
  }

  /// How many processes it was refused.
  void processesRefused(long count) {
    processesRefused = count;
  }

  /// How many of its processes were ended for want of memory.
  void memoryKills(long count) {
    memoryKills = count;
  }

  /// The limits that were set for this session alone.
  ResourceLimits limits() {
    return limits;
  }

  ParkRequest request() {
    return request;
  }

  @Override
  public void begin() {
    begun = true;
  }

  @Override
  public CompletionStage<Void> limit(ResourceLimits next) {
    limits = next;
    if (limitsNeverAnswered) {
      return new CompletableFuture<>();
    }
    return CompletableFuture.completedStage(null);
  }

  /// Each time a second of CPU more; and what it took to be parked, when it was not begun.
  @Override
  public CompletionStage<GroupUsage> measure() {
    measured++;
    return CompletableFuture.completedStage(
        new GroupUsage(
            Duration.ofSeconds(measured),
            begun ? Duration.ZERO : Duration.ofMinutes(1),
            500,
            1000,
            1,
            processesRefused,
            memoryKills));
  }

  // ---- the protocol's side ----

  FakeProcess connected(Connection made) {
    connection = made;
    return this;
  }

  @Override
  public void message(Connection source, Message message) {
    if (message instanceof Execute execute) {
      running = scripts.get();
      running.run(this, execute);
    }
  }

  @Override
  public void closed(Connection source, ProtocolException cause) {}

  // ---- the sandbox's side ----

  @Override
  public long slot() {
    return request.slot();
  }

  @Override
  public long generation() {
    return request.generation();
  }

  @Override
  public Sockets takeSockets() {
    return sockets;
  }

  @Override
  public SatelliteOutput output() {
    return this;
  }

  OutputListener listener() {
    return request.output();
  }

  @Override
  public void interrupt() {
    boolean _ =
        connection()
            .execute(() -> {
              if (running != null) {
                running.interrupted(this);
              }
            });
  }

  @Override
  public void kill() {
    exit(ExitReport.Cause.KILLED_ON_REQUEST, new Ending.Signalled(9));
  }

  @Override
  public CompletionStage<ExitReport> exited() {
    return exited;
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public CompletionStage<Void> drained() {
    return CompletableFuture.completedStage(null);
  }

  /// Makes the session's thread fail when it asks for the end of the output.
  void breakTails() {
    tailsBroken = true;
  }

  @Override
  public byte[] tail(OutputStreamKind stream) {
    if (tailsBroken) {
      throw new AssertionError("not foreseen");
    }
    return stream == OutputStreamKind.STDERR ? stderrTail.clone() : new byte[0];
  }
}
