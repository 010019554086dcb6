// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Message.Times;

/// Hears what becomes of sessions and connections. Every method does nothing unless overridden and
/// returns at once.
public interface SessionObserver {
  /// Hears nothing.
  SessionObserver NONE = new SessionObserver() {};

  /// How a session ended.
  enum Outcome {
    COMPLETED,
    FAILED,
    CANCELLED,
    /// The engine went away before there was an answer.
    ABANDONED
  }

  /// The way bytes go through the relay.
  enum Direction {
    TO_SATELLITE,
    TO_ENGINE
  }

  default void sessionStarted() {}

  default void sessionEnded(String runtime, Outcome outcome, Times times) {}

  default void failed(ErrorCode code) {}

  /// A session failed that had met this limit.
  default void limitMet(LimitKind limit) {}

  default void bytesRelayed(Direction direction, long bytes) {}

  default void rowsRelayed(long rows) {}

  /// Printed text beyond the limit, which nobody will see. Without what satellites say they have
  /// dropped themselves.
  default void outputDropped(long bytes) {}

  /// A satellite broke a rule of the protocol or of BXL.
  default void violation(ErrorCode code) {}

  default void connectionOpened() {}

  default void connectionClosed() {}
}
