// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// R satellites that misbehave, each in its own way: their session fails with the documented error
/// and nothing is left; the next session of the service works.
@Timeout(120)
final class RFaultTest {
  /// How a script writes to its satellite's own channels: `raw` a frame with the next number of the
  /// channel, `say` a message in order.
  private static final String SEIZE =
      """
      control <- 200L
      data <- 201L
      out <- launchpad:::state$request$outputs[[1]]$stream
      write <- function(descriptor, bytes) .Call(launchpad:::C_write_all, descriptor, bytes)
      raw_frame <- function(descriptor, type, payload, stream = 0L, number = 0L) {
        write(descriptor, launchpad:::framed(type, stream, payload, number))
      }
      say <- function(type, message) launchpad:::send(type, message)
      bxl <- function(kind = 1, length = 64, magic = "BXL1", rows = 0) {
        little <- function(value, bytes) as.raw(value %/% 256^(seq_len(bytes) - 1) %% 256)
        c(charToRaw(magic), as.raw(c(kind, 0, 0, 0)), little(length, 8), raw(16), little(rows, 8), raw(24))
      }
      first_frame <- function() {
        stream <- launchpad:::warm_stream(list(a = 1L))
        stream[seq_len(sum(as.integer(stream[9:12]) * 256^(0:3)))]
      }
      total <- function(rows) list(stream = out, frames = 3, rows = rows, bytes = 1000)
      hang <- function() repeat Sys.sleep(1000)
      """;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.ofR().with("runtime.r.parked-min", 2));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static Arguments fault(ErrorCode code, String script) {
    return Arguments.of(code, script);
  }

  static List<Arguments> faults() {
    return List.of(
        // It exits after some of its frames.
        fault(
            ErrorCode.SCRIPT_EXITED,
            "raw_frame(data, 0x30, first_frame(), out); .Call(launchpad:::C_leave, 7L)"),
        fault(ErrorCode.SCRIPT_CRASHED, "tools::pskill(Sys.getpid(), 6); hang()"),
        // It stalls.
        fault(ErrorCode.DEADLINE_EXCEEDED, "repeat tryCatch(hang(), interrupt = function(i) 0)"),
        // It sends corrupt frames.
        fault(ErrorCode.PROTOCOL_VIOLATION, "raw_frame(data, 0x30, as.raw(1:32), out); hang()"),
        fault(ErrorCode.PROTOCOL_VIOLATION, "raw_frame(data, 0x30, bxl(length = 65), out); hang()"),
        fault(ErrorCode.OUTPUT_INVALID, "raw_frame(data, 0x30, bxl(magic = 'BXL9'), out); hang()"),
        fault(ErrorCode.OUTPUT_INVALID, "raw_frame(data, 0x30, bxl(kind = 3), out); hang()"),
        // As long as the header of a frame: for what is shorter the service waits as for a slow
        // one.
        fault(
            ErrorCode.PROTOCOL_VIOLATION,
            "write(control, charToRaw('GET /index.html HTTP/1.0')); hang()"),
        fault(ErrorCode.PROTOCOL_VIOLATION, "raw_frame(control, 0x22, raw(), number = 99); hang()"),
        // It lies about row counts.
        fault(
            ErrorCode.OUTPUT_INVALID,
            "raw_frame(data, 0x30, bxl(kind = 4, rows = 5), out); hang()"),
        fault(
            ErrorCode.RESULT_INCOMPLETE,
            "say('COMPLETED', list(outputs = list(total(5)), runs = 1)); .Call(launchpad:::C_leave, 0L)"),
        // It answers for another session, and on another stream.
        fault(ErrorCode.PROTOCOL_VIOLATION, "say('STARTED', list(session_id = 'other')); hang()"),
        fault(ErrorCode.PROTOCOL_VIOLATION, "raw_frame(data, 0x30, bxl(), 999L); hang()"),
        // It answers twice, the second time when nobody has asked.
        fault(
            ErrorCode.PROTOCOL_VIOLATION,
            "say('COMPLETED', list(outputs = list(total(1)))); say('COMPLETED', list());"
                + " .Call(launchpad:::C_leave, 0L)"),
        // It floods, with frames that are none.
        fault(
            ErrorCode.OUTPUT_INVALID,
            """
            number <- 0L
            block <- c(bxl(length = 1048576), raw(1048576 - 64))
            repeat {
              raw_frame(data, 0x30, block, out, number)
              number <- number + 1L
            }
            """),
        // It closes one of its channels, or both.
        fault(ErrorCode.CHANNEL_CLOSED, "write(data, NULL)"),
        fault(ErrorCode.CHANNEL_CLOSED, "write(control, NULL); write(data, NULL)"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void fault_failsItsOwnSessionOnly(ErrorCode code, String script) {
    boolean stalls = code == ErrorCode.DEADLINE_EXCEEDED;
    ScriptRequest request =
        ScriptRequest.builder("alice", "R", SEIZE + script)
            .deadline(stalls ? Duration.ofSeconds(2) : Deadline.LONG)
            .grace(Duration.ofMillis(200))
            .build();
    ErrorInfo error = engine.run(request).failed(code);
    assertFalse(error.retrySafe());
    var next = ScriptRequest.builder("alice", "R", "OutputDataSet <- data.frame(a = 1L)").build();
    assertEquals(List.of(List.of(1)), engine.run(next).success().rows());
  }
}
