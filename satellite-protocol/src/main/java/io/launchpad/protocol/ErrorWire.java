// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static io.launchpad.protocol.WireRules.count;
import static io.launchpad.protocol.WireRules.cut;

import com.google.protobuf.ByteString;
import io.launchpad.protocol.ErrorInfo.Exit;
import io.launchpad.protocol.ErrorInfo.LimitHit;
import io.launchpad.protocol.ErrorInfo.TraceFrame;
import io.launchpad.protocol.wire.Error;
import io.launchpad.protocol.wire.ErrorCategory;
import io.launchpad.protocol.wire.Trace;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Maps errors. Writing cuts what is too long for one control frame; reading refuses it.
final class ErrorWire {
  /// Depth of causes and frames of a traceback that travel, so that an error always fits a frame.
  private static final int CAUSES_MAX = 8;

  private static final int FRAMES_MAX = 64;
  private static final int TRACE_TEXT_BYTES = 128;
  private static final int TRACE_BYTES_MAX = 24 << 10;

  private ErrorWire() {}

  static Error write(ErrorInfo e) {
    Error.Builder out =
        Error.newBuilder()
            .setNumber(e.code().number())
            .setCode(e.code().name())
            .setCategory(write(e.category()))
            .setMessage(cut(e.message(), Limits.ERROR_MESSAGE_BYTES))
            .setRetrySafe(e.retrySafe())
            .setExceptionClass(cut(e.exceptionClass(), Limits.NAME_BYTES))
            .setStdoutTail(tail(e.stdoutTail()))
            .setStderrTail(tail(e.stderrTail()))
            .setColumn(cut(e.column(), Limits.NAME_BYTES))
            .setRow(e.row().orElse(0));
    e.trace().ifPresent(trace -> out.setTrace(write(trace, 1, new Budget(TRACE_BYTES_MAX))));
    e.exit()
        .ifPresent(exit -> {
          switch (exit) {
            case Exit.Status(int value) -> out.setExitStatus(value);
            case Exit.Signal(int number) -> out.setSignal(number);
          }
        });
    e.limit()
        .ifPresent(limit ->
            out.getLimitBuilder()
                .setName(limit.name())
                .setValue(limit.value())
                .setConfigurationKey(limit.configurationKey())
                .setUsage(limit.usage()));
    // The text has the room that the rest of the error leaves.
    int room = Limits.CONTROL_PAYLOAD_BYTES - 1024 - out.build().getSerializedSize();
    return out.setTracebackText(cut(e.tracebackText(), Math.clamp(room, 0, Limits.TRACEBACK_BYTES)))
        .build();
  }

  static ErrorInfo read(Error e) {
    Optional<ErrorCode> known = ErrorCode.ofNumber(e.getNumber());
    String message = WireRules.text("Error.message", e.getMessage(), Limits.ERROR_MESSAGE_BYTES);
    // A newer peer may have newer errors. What they say still reaches the reader.
    ErrorCode code = known.orElse(ErrorCode.INTERNAL);
    if (known.isEmpty()) {
      message = e.getCode() + " (" + e.getNumber() + "): " + message;
    }
    return new ErrorInfo(
        code,
        message,
        e.getRetrySafe(),
        WireRules.name("Error.exception_class", e.getExceptionClass()),
        e.hasTrace() ? Optional.of(read(e.getTrace(), 1, 0)) : Optional.empty(),
        WireRules.text("Error.traceback_text", e.getTracebackText(), Limits.TRACEBACK_BYTES),
        exit(e),
        e.hasLimit() ? Optional.of(read(e.getLimit())) : Optional.empty(),
        Bytes.of(e.getStdoutTail().toByteArray()),
        Bytes.of(e.getStderrTail().toByteArray()),
        WireRules.name("Error.column", e.getColumn()),
        e.getRow() == 0 ? OptionalLong.empty() : OptionalLong.of(count("Error.row", e.getRow())));
  }

  private static Optional<Exit> exit(Error e) {
    return switch (e.getExitCase()) {
      case EXIT_STATUS -> Optional.of(new Exit.Status(e.getExitStatus()));
      case SIGNAL -> Optional.of(new Exit.Signal(e.getSignal()));
      case EXIT_NOT_SET -> Optional.empty();
    };
  }

  private static LimitHit read(io.launchpad.protocol.wire.LimitHit limit) {
    return new LimitHit(
        WireRules.name("LimitHit.name", limit.getName()),
        count("LimitHit.value", limit.getValue()),
        WireRules.name("LimitHit.configuration_key", limit.getConfigurationKey()),
        count("LimitHit.usage", limit.getUsage()));
  }

  private static Trace write(ErrorInfo.Trace trace, int depth, Budget budget) {
    Trace.Builder out =
        Trace.newBuilder()
            .setExceptionClass(budget.cut(trace.exceptionClass(), Limits.NAME_BYTES))
            .setMessage(budget.cut(trace.message(), 1024))
            .setCauseIsContext(trace.causeIsContext());
    // The innermost frames say most, so they are the ones that stay.
    List<TraceFrame> frames = trace.frames();
    for (TraceFrame frame :
        frames.subList(Math.max(0, frames.size() - FRAMES_MAX), frames.size())) {
      if (budget.isSpent()) {
        break;
      }
      out.addFrames(
          io.launchpad.protocol.wire.TraceFrame.newBuilder()
              .setFile(budget.cut(frame.file(), TRACE_TEXT_BYTES))
              .setLine(frame.line())
              .setFunction(budget.cut(frame.function(), TRACE_TEXT_BYTES))
              .setSource(budget.cut(frame.source(), TRACE_TEXT_BYTES)));
    }
    if (depth < CAUSES_MAX && !budget.isSpent()) {
      trace.cause().ifPresent(cause -> out.setCause(write(cause, depth + 1, budget)));
    }
    return out.build();
  }

  /// @param framesBefore frames of the exceptions that this one is the cause of
  private static ErrorInfo.Trace read(Trace trace, int depth, int framesBefore) {
    if (depth > Limits.TRACE_EXCEPTIONS) {
      throw ProtocolException.violation(
          "Trace has more than %d exceptions", Limits.TRACE_EXCEPTIONS);
    }
    int framesSoFar = framesBefore + trace.getFramesCount();
    if (framesSoFar > Limits.TRACE_FRAMES) {
      throw ProtocolException.violation("Trace has more than %d frames", Limits.TRACE_FRAMES);
    }
    return new ErrorInfo.Trace(
        WireRules.name("Trace.exception_class", trace.getExceptionClass()),
        WireRules.text("Trace.message", trace.getMessage(), Limits.ERROR_MESSAGE_BYTES),
        trace.getFramesList().stream().map(ErrorWire::read).toList(),
        trace.hasCause()
            ? Optional.of(read(trace.getCause(), depth + 1, framesSoFar))
            : Optional.empty(),
        trace.getCauseIsContext());
  }

  private static TraceFrame read(io.launchpad.protocol.wire.TraceFrame frame) {
    return new TraceFrame(
        WireRules.name("TraceFrame.file", frame.getFile()),
        WireRules.smallCount("TraceFrame.line", frame.getLine()),
        WireRules.name("TraceFrame.function", frame.getFunction()),
        WireRules.text("TraceFrame.source", frame.getSource(), Limits.TRACE_SOURCE_BYTES));
  }

  private static ErrorCategory write(io.launchpad.protocol.ErrorCategory category) {
    return switch (category) {
      case USER -> ErrorCategory.ERROR_CATEGORY_USER;
      case RESOURCE -> ErrorCategory.ERROR_CATEGORY_RESOURCE;
      case INTERNAL -> ErrorCategory.ERROR_CATEGORY_INTERNAL;
    };
  }

  private static ByteString tail(Bytes bytes) {
    ByteString all = HandshakeWire.bytes(bytes);
    return all.substring(Math.max(0, all.size() - Limits.TAIL_BYTES));
  }

  /// The bytes a traceback may still take.
  private static final class Budget {
    private int left;

    Budget(int left) {
      this.left = left;
    }

    boolean isSpent() {
      return left <= 0;
    }

    String cut(String text, int bytesMax) {
      String result = WireRules.cut(text, bytesMax);
      left -= result.getBytes(StandardCharsets.UTF_8).length + 8;
      return result;
    }
  }
}
