// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.service.monitoring.LimitKind;

/// What of a satellite's last word is believed.
///
/// A satellite knows what went wrong inside its script, and nothing else: which limit was met (but
/// for those that the kernel tells the script alone), how the process ended and what it printed
/// last is known by those outside, PROTOCOL.md section 10. A script can make its satellite say
/// anything.
final class SatelliteWord {
  private SatelliteWord() {}

  static Message.Terminal believed(Message.Terminal said) {
    return said instanceof Message.Failed(var error, var times, var usage)
        ? new Message.Failed(believed(error), times, usage)
        : said;
  }

  static ErrorInfo believed(ErrorInfo said) {
    ErrorCode code = code(said.code());
    return new ErrorInfo(
        code,
        said.message(),
        false,
        said.exceptionClass(),
        said.trace(),
        said.tracebackText(),
        said.exit()
            .filter(
                exit -> code == ErrorCode.SCRIPT_EXITED && exit instanceof ErrorInfo.Exit.Status),
        said.limit().filter(SatelliteWord::isBelieved),
        Bytes.EMPTY,
        Bytes.EMPTY,
        said.column(),
        said.row());
  }

  private static boolean isBelieved(ErrorInfo.LimitHit hit) {
    return LimitKind.of(hit.name()).filter(LimitKind::isKnownToScriptsAlone).isPresent();
  }

  private static ErrorCode code(ErrorCode said) {
    return switch (said) {
      case SCRIPT_ERROR,
          SCRIPT_SYNTAX,
          SCRIPT_EXITED,
          BAD_REQUEST,
          RESULT_MISSING,
          RESULT_KIND,
          RESULT_COLUMNS,
          RESULT_CONVERSION,
          RESULT_NULL,
          VALUE_TOO_LARGE,
          TYPE_UNSUPPORTED,
          PARAMETER ->
          said;
      // What the engine sent passed launchpad's checks, but not the satellite's.
      case PROTOCOL_VIOLATION -> ErrorCode.BAD_REQUEST;
      case LANGUAGE_UNKNOWN,
          RUNTIME_UNREACHABLE,
          LAUNCH_FAILED,
          SCRIPT_CRASHED,
          CHANNEL_CLOSED,
          TASKS_DISAGREE,
          QUEUE_FULL,
          QUEUE_TIMEOUT,
          DEADLINE_EXCEEDED,
          MEMORY_LIMIT,
          CPU_LIMIT,
          OUTPUT_LIMIT,
          SHUTTING_DOWN,
          TOO_MANY_CONNECTIONS,
          CANCELLED,
          AUTHENTICATION_FAILED,
          NOT_ALLOWED,
          VERSION_UNSUPPORTED,
          OUTPUT_INVALID,
          RESULT_INCOMPLETE,
          SATELLITE_LOST,
          INTERNAL,
          UNREACHABLE,
          CONNECTION_LOST ->
          ErrorCode.SCRIPT_ERROR;
    };
  }
}
