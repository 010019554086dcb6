// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Execute.RequestLimits;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.sdk.SessionInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;

/// What a request says about its session, as scripts see it.
final class SessionFacts {
  private SessionFacts() {}

  static SessionInfo of(Execute request, String runtime, Instant began) throws SatelliteException {
    RequestLimits limits = request.limits();
    return new SessionInfo(
        request.requestId(),
        request.sessionId(),
        request.engineId(),
        request.principal(),
        request.runtime().isEmpty() ? runtime : request.runtime(),
        request.task(),
        Math.max(1, request.tasks()),
        0,
        zone(request.timeZone()),
        request.labels(),
        request.deadlineMillis() == 0
            ? Optional.empty()
            : Optional.of(began.plusMillis(request.deadlineMillis())),
        new SessionInfo.Limits(
            known(limits.memoryBytes()),
            known(limits.cpuMicros()),
            known(limits.outputRows()),
            known(limits.outputBytes()),
            known(limits.printBytes()),
            known(limits.valueBytes())),
        request.traceparent());
  }

  /// The same for a further run.
  static SessionInfo ofRun(SessionInfo first, long run) {
    return new SessionInfo(
        first.requestId(),
        first.sessionId(),
        first.engineId(),
        first.principal(),
        first.runtime(),
        first.task(),
        first.tasks(),
        run,
        first.timeZone(),
        first.labels(),
        first.deadline(),
        first.limits(),
        first.traceparent());
  }

  private static ZoneId zone(String name) throws SatelliteException {
    try {
      return ZoneId.of(name.isEmpty() ? "UTC" : name);
    } catch (DateTimeException e) {
      throw SatelliteException.of(
          ErrorCode.BAD_REQUEST, "time_zone: Java knows no zone '%s'".formatted(name));
    }
  }

  private static OptionalLong known(long limit) {
    return limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit);
  }
}
