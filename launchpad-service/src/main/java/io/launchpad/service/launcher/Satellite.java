// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.pool.EndCause;
import io.launchpad.pool.Worker;
import io.launchpad.pool.WorkerExit;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.ParkedSatellite;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.SatelliteOutput;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A satellite that has said hello: the process in its sandbox and the connection to it, as one
/// worker of the pool.
public final class Satellite implements Worker, ConnectionHandler {
  private final LiveZygote zygote;
  private final ParkedSatellite process;
  private final Connection connection;
  private final RawOutput rawOutput;
  private final CompletionStage<WorkerExit> gone;
  private @Nullable ConnectionHandler session;
  private volatile boolean exited;

  Satellite(
      LiveZygote zygote, ParkedSatellite process, Connection connection, RawOutput rawOutput) {
    this.zygote = zygote;
    this.process = process;
    this.connection = connection;
    this.rawOutput = rawOutput;
    // The connection is not closed at once: what the satellite sent last may still have to be read.
    gone =
        process
            .exited()
            .thenApply(report -> {
              exited = true;
              connection.peerEnded();
              return workerExit(report);
            });
  }

  static WorkerExit workerExit(ExitReport report) {
    boolean clean = report.cause() != ExitReport.Cause.BROKER_GONE;
    return new WorkerExit(clean, report.ending().describe());
  }

  /// Whether it came from this zygote.
  @SuppressWarnings("ReferenceEquality") // that very one
  boolean isOf(LiveZygote other) {
    return zygote == other;
  }

  public Connection connection() {
    return connection;
  }

  public RawOutput rawOutput() {
    return rawOutput;
  }

  public SatelliteOutput output() {
    return process.output();
  }

  /// From now on the CPU time it uses is its session's: its start and its warming are over.
  public void begin() {
    process.begin();
  }

  /// What its session has used until now; [GroupUsage#NONE] when that is not known, or it is gone.
  public CompletionStage<GroupUsage> measure() {
    return process.measure();
  }

  /// As [ParkedSatellite#limit].
  public CompletionStage<Void> limit(ResourceLimits limits) {
    return process.limit(limits);
  }

  /// Completes when no process of the satellite is left.
  public CompletionStage<ExitReport> exitReport() {
    return process.exited();
  }

  /// Lets a session hear what the satellite says. To be called on the connection's event loop.
  ///
  /// @return false when it can say nothing any more
  public boolean attach(ConnectionHandler handler) {
    if (exited || connection.isClosed()) {
      return false;
    }
    session = handler;
    return true;
  }

  public void interrupt() {
    process.interrupt();
  }

  public void kill() {
    process.kill();
  }

  @Override
  public void message(Connection source, Message message) {
    if (session == null) {
      source.fail(ProtocolException.violation("%s from a parked satellite", message.type()));
    } else {
      session.message(source, message);
    }
  }

  @Override
  public void closed(Connection source, ProtocolException cause) {
    if (session == null) {
      process.kill();
    } else {
      session.closed(source, cause);
    }
  }

  @Override
  public boolean isAlive() {
    return !exited && !connection.isClosed();
  }

  @Override
  public void kill(EndCause cause) {
    process.kill();
  }

  @Override
  public CompletionStage<WorkerExit> exited() {
    return gone;
  }
}
