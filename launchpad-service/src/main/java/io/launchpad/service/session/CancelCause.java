// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Message.Times;
import io.launchpad.service.monitoring.LimitKind;
import java.time.Duration;
import java.util.Optional;

/// Why a session is being ended before its script is done, which decides the answer.
sealed interface CancelCause {
  /// The engine asked for it.
  record Requested(String reason) implements CancelCause {}

  /// Its time is over.
  record Deadline(Duration allowed, String key) implements CancelCause {}

  /// The engine went away: there is nobody to answer.
  record EngineGone() implements CancelCause {}

  /// The service is shutting down and has waited long enough.
  record ShutDown() implements CancelCause {}

  /// The answer when the script was interrupted or, `forced`, killed.
  default Message.Terminal answer(boolean forced, Times times, Optional<Message.Usage> usage) {
    return switch (this) {
      case Requested(var reason) -> new Message.Cancelled(reason, forced, times);
      case EngineGone() -> new Message.Cancelled("the engine went away", forced, times);
      case Deadline(var allowed, var key) ->
          new Message.Failed(
              ErrorInfo.of(
                      ErrorCode.DEADLINE_EXCEEDED,
                      "the request was not done within its deadline of %d ms (%s, or the request's own), which includes waiting%s"
                          .formatted(
                              allowed.toMillis(), key, forced ? "; the script did not react" : ""))
                  .withLimit(
                      new ErrorInfo.LimitHit(
                          LimitKind.DEADLINE.text(), allowed.toMillis(), key, allowed.toMillis())),
              times,
              usage);
      case ShutDown() ->
          new Message.Failed(
              ErrorInfo.of(
                  ErrorCode.SHUTTING_DOWN,
                  "the service is shutting down; try again elsewhere or later"),
              times,
              usage);
    };
  }
}
