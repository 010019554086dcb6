// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.Optional;

/// The errors of the protocol, PROTOCOL.md section 10. Numbers below 58000 are SQL Server's where
/// the meaning is the same.
public enum ErrorCode {
  /// The script raised an exception.
  SCRIPT_ERROR(
      39004,
      ErrorCategory.USER,
      "Read the traceback in the message: its line numbers are the script's own."),
  /// No such language or runtime, or not for this engine or principal.
  LANGUAGE_UNKNOWN(
      39007,
      ErrorCategory.USER,
      "Check the spelling of @language; `launchpad runtimes` lists what there is, `engine.NAME.languages` and `engine.NAME.runtimes` what this engine may use."),
  /// The satellite closed its channels or does not answer.
  RUNTIME_UNREACHABLE(
      39012,
      ErrorCategory.INTERNAL,
      "Look into the service's log for the session; run `launchpad runtimes --verify` and `launchpad doctor`. The call may be repeated."),
  /// No satellite could be started.
  LAUNCH_FAILED(
      39021,
      ErrorCategory.INTERNAL,
      "The message has the last failure of the start: usually a broken runtime or a missing permission. `launchpad runtimes --verify` and `launchpad doctor` find it."),
  /// [Execute] breaks a rule of section 7; the message names the field.
  BAD_REQUEST(58000, ErrorCategory.USER, "Correct the argument that the message names."),
  /// The script does not compile.
  SCRIPT_SYNTAX(
      58001,
      ErrorCategory.USER,
      "Correct the line that the message names; an indented script is an error, too."),
  /// The script ended its process (`exit`, `os._exit`) before its results were complete.
  SCRIPT_EXITED(
      58002,
      ErrorCategory.USER,
      "Let the script end by reaching its last line; raise an exception to fail."),
  /// The process died by a signal it caused (segmentation fault, abort).
  SCRIPT_CRASHED(
      58003,
      ErrorCategory.USER,
      "A library of the script has crashed: look at the signal and the last output, and try another version of the package or less data at once."),
  /// The script closed or damaged the satellite's own descriptors.
  CHANNEL_CLOSED(
      58004,
      ErrorCategory.USER,
      "Do not close descriptors that the script has not opened (`os.closerange`, for example)."),
  /// A declared output or an output parameter was not assigned.
  RESULT_MISSING(
      58010, ErrorCategory.USER, "Assign the variable in the script, or declare no result for it."),
  /// The output variable is not a data frame or table.
  RESULT_KIND(
      58011,
      ErrorCategory.USER,
      "Assign a data frame or table: `pandas.DataFrame(…)` in Python, `data.frame(…)` in R."),
  /// Number of columns differs from the declared one.
  RESULT_COLUMNS(
      58012,
      ErrorCategory.USER,
      "Return as many columns as are declared, or declare as many as are returned."),
  /// A value does not fit its declared type.
  RESULT_CONVERSION(
      58013,
      ErrorCategory.USER,
      "Change the value in the script, or declare a type that takes it; the message names column, row and value."),
  /// Null in a column declared not nullable.
  RESULT_NULL(58014, ErrorCategory.USER, "Fill the value in the script, or leave NOT NULL away."),
  /// One value exceeds `value_bytes_max`.
  VALUE_TOO_LARGE(
      58015,
      ErrorCategory.USER,
      "Return less in one value, or raise `value_bytes_max` (`limits.value-bytes`)."),
  /// A type that cannot travel.
  TYPE_UNSUPPORTED(
      58016,
      ErrorCategory.USER,
      "CAST the column to a type of docs/types.md, or convert it in the script."),
  /// A parameter is missing, undeclared or of the wrong type.
  PARAMETER(
      58017,
      ErrorCategory.USER,
      "Declare the parameter in @params and give it a value of its type."),
  /// Output parameters of parallel tasks differ.
  TASKS_DISAGREE(58018, ErrorCategory.USER, "Use @parallel = 0, or return the values as rows."),
  /// Too many requests are waiting.
  QUEUE_FULL(
      58100,
      ErrorCategory.RESOURCE,
      "Try again later; raise `pool.queue-max`, or send fewer calls at once."),
  /// No slot became free in time; the message names the counts.
  QUEUE_TIMEOUT(
      58101,
      ErrorCategory.RESOURCE,
      "Try again later; the message says whether sessions are many (raise `pool.sessions-max`), or starts fail (its last failure)."),
  /// The request's deadline passed.
  DEADLINE_EXCEEDED(58102, ErrorCategory.RESOURCE, "Give the call more time, or less to do."),
  /// The session was ended at its memory limit.
  MEMORY_LIMIT(
      58103,
      ErrorCategory.RESOURCE,
      "Read in chunks (@r_rowsPerRead), or raise the limit whose configuration key the message names."),
  /// The session was ended at its CPU time limit.
  CPU_LIMIT(
      58104,
      ErrorCategory.RESOURCE,
      "Give the script less to do, or raise the limit whose configuration key the message names."),
  /// More rows or bytes of result than allowed.
  OUTPUT_LIMIT(
      58105,
      ErrorCategory.RESOURCE,
      "Return less, or raise the limit whose configuration key the message names."),
  /// The service is draining.
  SHUTTING_DOWN(
      58106,
      ErrorCategory.RESOURCE,
      "Repeat the call when the service is up again: nothing has been run."),
  /// Connection limit of the service or of the engine.
  TOO_MANY_CONNECTIONS(
      58107,
      ErrorCategory.RESOURCE,
      "Use fewer connections, or raise `engine.NAME.connections-max`."),
  /// The request was cancelled, where that must be said as an error.
  CANCELLED(58108, ErrorCategory.USER, "Nothing is wrong: somebody asked for it."),
  /// The engine could not be authenticated.
  AUTHENTICATION_FAILED(
      58200,
      ErrorCategory.USER,
      "Compare engine id and secret, or the certificate, at both ends; the service's log says which did not match."),
  /// This engine may not do that.
  NOT_ALLOWED(
      58201,
      ErrorCategory.USER,
      "Ask the operator: the configuration of this engine names what it may do."),
  /// No common protocol version.
  VERSION_UNSUPPORTED(
      58202,
      ErrorCategory.USER,
      "Bring client and service to versions that overlap; both are in the message."),
  /// The peer broke a rule of PROTOCOL.md.
  PROTOCOL_VIOLATION(
      58203,
      ErrorCategory.INTERNAL,
      "A defect of the client, or of what lies between: report it with the message."),
  /// The satellite sent a malformed BXL frame; the satellite was killed.
  OUTPUT_INVALID(
      58300,
      ErrorCategory.INTERNAL,
      "The script has damaged its satellite, or the satellite has a defect: the message has the rule of FORMAT.md that was broken."),
  /// Totals disagree, or a stream has no end.
  RESULT_INCOMPLETE(
      58301,
      ErrorCategory.INTERNAL,
      "Repeat the call; if it happens again, report it with the request id."),
  /// The satellite, its zygote or the broker ended from outside.
  SATELLITE_LOST(
      58302,
      ErrorCategory.INTERNAL,
      "Repeat the call if its error says so (retry-safe); the service's log says what ended the process."),
  /// A defect of launchpad; the log has the request id.
  INTERNAL(58303, ErrorCategory.INTERNAL, "Report it with the request id and the service's log."),
  /// Client side: no connection to launchpad.
  UNREACHABLE(
      58400,
      ErrorCategory.INTERNAL,
      "Check that the service runs and that address, port and firewall agree."),
  /// Client side: launchpad went away during the call.
  CONNECTION_LOST(
      58401,
      ErrorCategory.INTERNAL,
      "The service or the network went away: repeat the call if it changes nothing twice.");

  private final int number;
  private final ErrorCategory category;
  private final String remedy;

  ErrorCode(int number, ErrorCategory category, String remedy) {
    this.number = number;
    this.category = category;
    this.remedy = remedy;
  }

  public int number() {
    return number;
  }

  public ErrorCategory category() {
    return category;
  }

  /// What to do, for whoever gets the error; docs/errors.md has it beside the cause.
  public String remedy() {
    return remedy;
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
