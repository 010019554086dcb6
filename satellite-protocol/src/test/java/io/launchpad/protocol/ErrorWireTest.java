// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// An error always fits one control frame: one that did not would never be sent, and its session
/// would have no end.
class ErrorWireTest {
  private static final String LONG_NAME = "\u6f22".repeat(42);

  private static Message.Failed received() {
    var frame = new ErrorInfo.TraceFrame(LONG_NAME, 1, LONG_NAME, LONG_NAME);
    Optional<ErrorInfo.Trace> trace = Optional.empty();
    for (int depth = 0; depth < 8; depth++) {
      var frames = new ArrayList<>(Collections.nCopies(19, frame));
      trace = Optional.of(new ErrorInfo.Trace("E", "", frames, trace, false));
    }
    var plain = ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "\u6f22".repeat(2700));
    var error =
        new ErrorInfo(
            plain.code(),
            plain.message(),
            plain.retrySafe(),
            plain.exceptionClass(),
            trace,
            plain.tracebackText(),
            plain.exit(),
            plain.limit(),
            plain.stdoutTail(),
            plain.stderrTail(),
            plain.column(),
            plain.row());
    return new Message.Failed(error, Message.Times.ZERO, Optional.empty());
  }

  @Test
  void error_fitsItsFrameWhenATraceOfWideCharactersGetsTailsToo() {
    var failed = received();
    Bytes tail = Bytes.of(new byte[Limits.TAIL_BYTES]);
    var told =
        new Message.Failed(
            failed.error().withTails(tail, tail), Message.Times.ZERO, Optional.empty());
    byte[] payload = FrameWriter.encode(told);
    assertTrue(payload.length <= Limits.CONTROL_PAYLOAD_BYTES);
    var back = (Message.Failed) MessageWire.read(FrameType.FAILED, payload);
    assertEquals(failed.error().message(), back.error().message());
    assertEquals(
        List.of(tail, tail), List.of(back.error().stdoutTail(), back.error().stderrTail()));
  }
}
