// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Everything the protocol says about one failure.
///
/// @param message a sentence that says what, where and what to do
/// @param retrySafe no byte of output was delivered and user code had not started
/// @param exceptionClass empty unless the script raised an exception
/// @param tracebackText the traceback as the language prints it, or empty
/// @param column the column a `RESULT_*` error is about, or empty
/// @param row the row such an error is about, counted from 1
public record ErrorInfo(
    ErrorCode code,
    String message,
    boolean retrySafe,
    String exceptionClass,
    Optional<Trace> trace,
    String tracebackText,
    Optional<Exit> exit,
    Optional<LimitHit> limit,
    Bytes stdoutTail,
    Bytes stderrTail,
    String column,
    OptionalLong row) {

  public static ErrorInfo of(ErrorCode code, String message) {
    return new ErrorInfo(
        code,
        message,
        false,
        "",
        Optional.empty(),
        "",
        Optional.empty(),
        Optional.empty(),
        Bytes.EMPTY,
        Bytes.EMPTY,
        "",
        OptionalLong.empty());
  }

  public ErrorInfo withRetrySafe(boolean safe) {
    return new ErrorInfo(
        code,
        message,
        safe,
        exceptionClass,
        trace,
        tracebackText,
        exit,
        limit,
        stdoutTail,
        stderrTail,
        column,
        row);
  }

  public ErrorInfo withMessage(String text) {
    return new ErrorInfo(
        code,
        text,
        retrySafe,
        exceptionClass,
        trace,
        tracebackText,
        exit,
        limit,
        stdoutTail,
        stderrTail,
        column,
        row);
  }

  public ErrorInfo withExit(Exit how) {
    return new ErrorInfo(
        code,
        message,
        retrySafe,
        exceptionClass,
        trace,
        tracebackText,
        Optional.of(how),
        limit,
        stdoutTail,
        stderrTail,
        column,
        row);
  }

  public ErrorInfo withLimit(LimitHit hit) {
    return new ErrorInfo(
        code,
        message,
        retrySafe,
        exceptionClass,
        trace,
        tracebackText,
        exit,
        Optional.of(hit),
        stdoutTail,
        stderrTail,
        column,
        row);
  }

  public ErrorInfo withTails(Bytes stdout, Bytes stderr) {
    return new ErrorInfo(
        code,
        message,
        retrySafe,
        exceptionClass,
        trace,
        tracebackText,
        exit,
        limit,
        stdout,
        stderr,
        column,
        row);
  }

  public ErrorCategory category() {
    return code.category();
  }

  /// A traceback with the script's own line numbers.
  ///
  /// @param frames outermost first
  /// @param causeIsContext the cause was being handled when this was raised, not named as its cause
  public record Trace(
      String exceptionClass,
      String message,
      List<TraceFrame> frames,
      Optional<Trace> cause,
      boolean causeIsContext) {
    public Trace {
      frames = List.copyOf(frames);
    }
  }

  /// One call in a traceback.
  ///
  /// @param file `<script>` for the script itself
  /// @param line 0 when unknown
  /// @param source the line's text, or empty
  public record TraceFrame(String file, int line, String function, String source) {}

  /// A limit that ended the session, or that it met before it failed.
  public record LimitHit(String name, long value, String configurationKey, long usage) {}

  /// How a process ended.
  public sealed interface Exit {
    /// It ended by itself with this status.
    record Status(int value) implements Exit {}

    /// A signal ended it.
    record Signal(int number) implements Exit {}
  }
}
