// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.GroupUsage;

/// Something that happened to a session. Events come from event loops and pool threads and are
/// acted upon, one after the other, on the session's own thread.
sealed interface SessionEvent {
  /// What the session waits for before it hands over is there, or refused: a satellite, or the
  /// limits set for it.
  record Decided() implements SessionEvent {}

  /// The satellite has the script.
  record SatelliteStarted() implements SessionEvent {}

  /// The satellite has said its last word.
  record SatelliteAnswered(Message.Terminal terminal) implements SessionEvent {}

  /// The satellite's channels are closed, by it or because it broke the protocol.
  record SatelliteClosed(ErrorInfo cause) implements SessionEvent {}

  /// The satellite's session is gone, with every process of it.
  record SatelliteExited(ExitReport report) implements SessionEvent {}

  /// Output that took its time to be validated has been.
  record OutputValidated() implements SessionEvent {}

  /// One output stream has ended, and the engine's socket has taken all of it.
  record OutputDelivered(int stream) implements SessionEvent {}

  /// What the session has used, asked for when the satellite had answered.
  record Measured(GroupUsage usage) implements SessionEvent {}

  /// What was written to the output pipes has been read.
  record PipesDrained() implements SessionEvent {}

  /// The session cannot go on: a limit, malformed output, a broken rule.
  record Broken(ErrorInfo error) implements SessionEvent {}

  /// The engine wants the session to end.
  record CancelRequested(String reason) implements SessionEvent {}

  /// Nobody is left to answer.
  record EngineGone() implements SessionEvent {}

  /// The service is shutting down and does not wait any longer.
  record ShuttingDown() implements SessionEvent {}
}
