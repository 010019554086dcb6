// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Who runs a script, where, and how long it may take.
///
/// @param requestId the request, the same for all of its parallel tasks
/// @param engineId the engine that asked
/// @param principal the engine's user
/// @param runtime the runtime's name
/// @param task which of the request's tasks this is, from 0
/// @param tasks how many there are
/// @param run how many chunks or partitions the script was run for before this one
/// @param timeZone the request's, which is also the process's default
/// @param deadline when the session is ended
/// @param traceparent as the engine gave it, or empty
public record SessionInfo(
    String requestId,
    String sessionId,
    String engineId,
    String principal,
    String runtime,
    int task,
    int tasks,
    long run,
    ZoneId timeZone,
    Map<String, String> labels,
    Optional<Instant> deadline,
    Limits limits,
    String traceparent) {

  public SessionInfo {
    labels = Map.copyOf(labels);
  }

  /// The limits of the session; empty where there is none that is known.
  public record Limits(
      OptionalLong memoryBytes,
      OptionalLong cpuMicros,
      OptionalLong outputRows,
      OptionalLong outputBytes,
      OptionalLong printBytes,
      OptionalLong valueBytes) {}

  /// Until the deadline, never negative; empty without one.
  public Optional<Duration> timeLeft() {
    return deadline.map(end -> {
      Duration left = Duration.between(Instant.now(), end);
      return left.isNegative() ? Duration.ZERO : left;
    });
  }
}
