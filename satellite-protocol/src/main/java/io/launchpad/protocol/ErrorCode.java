// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.Optional;

/// The errors of the protocol, PROTOCOL.md section 10. Numbers below 58000 are SQL Server's where
/// the meaning is the same.
public enum ErrorCode {
  /// The script raised an exception.
  SCRIPT_ERROR(39004, ErrorCategory.USER),
  /// No such language or runtime, or not for this engine or principal.
  LANGUAGE_UNKNOWN(39007, ErrorCategory.USER),
  /// The satellite closed its channels or does not answer.
  RUNTIME_UNREACHABLE(39012, ErrorCategory.INTERNAL),
  /// No satellite could be started.
  LAUNCH_FAILED(39021, ErrorCategory.INTERNAL),
  /// [Execute] breaks a rule of section 7; the message names the field.
  BAD_REQUEST(58000, ErrorCategory.USER),
  /// The script does not compile.
  SCRIPT_SYNTAX(58001, ErrorCategory.USER),
  /// The script ended its process (`exit`, `os._exit`) before its results were complete.
  SCRIPT_EXITED(58002, ErrorCategory.USER),
  /// The process died by a signal it caused (segmentation fault, abort).
  SCRIPT_CRASHED(58003, ErrorCategory.USER),
  /// The script closed or damaged the satellite's own descriptors.
  CHANNEL_CLOSED(58004, ErrorCategory.USER),
  /// A declared output or an output parameter was not assigned.
  RESULT_MISSING(58010, ErrorCategory.USER),
  /// The output variable is not a data frame or table.
  RESULT_KIND(58011, ErrorCategory.USER),
  /// Number of columns differs from the declared one.
  RESULT_COLUMNS(58012, ErrorCategory.USER),
  /// A value does not fit its declared type.
  RESULT_CONVERSION(58013, ErrorCategory.USER),
  /// Null in a column declared not nullable.
  RESULT_NULL(58014, ErrorCategory.USER),
  /// One value exceeds `value_bytes_max`.
  VALUE_TOO_LARGE(58015, ErrorCategory.USER),
  /// A type that cannot travel.
  TYPE_UNSUPPORTED(58016, ErrorCategory.USER),
  /// A parameter is missing, undeclared or of the wrong type.
  PARAMETER(58017, ErrorCategory.USER),
  /// Output parameters of parallel tasks differ.
  TASKS_DISAGREE(58018, ErrorCategory.USER),
  /// Too many requests are waiting.
  QUEUE_FULL(58100, ErrorCategory.RESOURCE),
  /// No slot became free in time; the message names the counts.
  QUEUE_TIMEOUT(58101, ErrorCategory.RESOURCE),
  /// The request's deadline passed.
  DEADLINE_EXCEEDED(58102, ErrorCategory.RESOURCE),
  /// The session was ended at its memory limit.
  MEMORY_LIMIT(58103, ErrorCategory.RESOURCE),
  /// The session was ended at its CPU time limit.
  CPU_LIMIT(58104, ErrorCategory.RESOURCE),
  /// More rows or bytes of result than allowed.
  OUTPUT_LIMIT(58105, ErrorCategory.RESOURCE),
  /// The service is draining.
  SHUTTING_DOWN(58106, ErrorCategory.RESOURCE),
  /// Connection limit of the service or of the engine.
  TOO_MANY_CONNECTIONS(58107, ErrorCategory.RESOURCE),
  /// The request was cancelled, where that must be said as an error.
  CANCELLED(58108, ErrorCategory.USER),
  /// The engine could not be authenticated.
  AUTHENTICATION_FAILED(58200, ErrorCategory.USER),
  /// This engine may not do that.
  NOT_ALLOWED(58201, ErrorCategory.USER),
  /// No common protocol version.
  VERSION_UNSUPPORTED(58202, ErrorCategory.USER),
  /// The peer broke a rule of this page.
  PROTOCOL_VIOLATION(58203, ErrorCategory.INTERNAL),
  /// The satellite sent a malformed BXL frame; the satellite was killed.
  OUTPUT_INVALID(58300, ErrorCategory.INTERNAL),
  /// Totals disagree, or a stream has no end.
  RESULT_INCOMPLETE(58301, ErrorCategory.INTERNAL),
  /// The satellite, its zygote or the broker ended from outside.
  SATELLITE_LOST(58302, ErrorCategory.INTERNAL),
  /// A defect of launchpad; the log has the request id.
  INTERNAL(58303, ErrorCategory.INTERNAL),
  /// Client side: no connection to launchpad.
  UNREACHABLE(58400, ErrorCategory.INTERNAL),
  /// Client side: launchpad went away during the call.
  CONNECTION_LOST(58401, ErrorCategory.INTERNAL);

  private final int number;
  private final ErrorCategory category;

  ErrorCode(int number, ErrorCategory category) {
    this.number = number;
    this.category = category;
  }

  public int number() {
    return number;
  }

  public ErrorCategory category() {
    return category;
  }

  static Optional<ErrorCode> ofNumber(int number) {
    for (ErrorCode code : values()) {
      if (code.number == number) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }
}
