// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts that take over their satellite and break the protocol, through the real broker, beside a
/// neighbour's session that must not notice.
///
/// Each is told its documented error, its satellite is killed, and nothing of it is left.
@Timeout(120)
final class HostileSatelliteTest {
  /// What every attack begins with: the satellite's own channel, and how to write to it raw.
  private static final String SEIZE =
      """
      import os, struct, sys, time
      from launchpad_satellite import launchpad_pb2 as pb
      frame = sys._getframe()
      while type(frame.f_locals.get("self")).__name__ != "Session": frame = frame.f_back
      channel = frame.f_locals["self"]._channel
      control, data = channel.control_writer, channel.data_writer
      out = next(iter(channel.outgoing))

      def header(writer, kind, stream, length, flags=0, skip=0):
          number = writer._sequence + skip
          writer._sequence += 1
          return struct.pack("<IBBHQ", length, kind, flags, stream, number)

      def raw(writer, kind, payload=b"", stream=0, **more):
          writer._socket.sendall(header(writer, kind, stream, len(payload), **more) + payload)

      def bxl(kind=1, length=64, magic=b"BXL1", **f):
          return struct.pack("<4sBBHQIIQQQqQ", magic, kind, f.get("flags", 0), 0, length, 0, 0, 0,
                             f.get("rows", 0), f.get("number", 0), 0, f.get("before", 0))

      def forge(change):
          honest = data.send
          def send(kind, stream, parts, more=False):
              frame = bytearray(b"".join(bytes(part) for part in parts))
              change(frame)
              honest(kind, stream, [frame], more=more)
          data.send = send
          data.send_together = lambda kind, stream, payloads: [send(kind, stream, p) for p in payloads]

      def lie(change):
          honest = channel.send
          def send(kind, message):
              change(message)
              honest(kind, message)
          channel.send = send

      def hang():
          while True: time.sleep(1000)

      name = os.urandom(7).hex()
      with open("/proc/self/comm", "w") as comm:
          comm.write(name)
      print(f"called={name}", flush=True)
      """;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 3));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  static List<Arguments> attacks() {
    return List.of(
        // Data: not a frame, or one whose parts do not belong together.
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(data, 0x30, os.urandom(32), out)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(data, 0x30, bxl(length=1 << 62), out)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(data, 0x30, bxl(length=65), out)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(data, 0x30, bxl(), 999)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(data, 0x31, bxl(), out)"),
        attack(ErrorCode.OUTPUT_INVALID, "raw(data, 0x30, bxl(magic=b'BXL9'), out)"),
        attack(ErrorCode.OUTPUT_INVALID, "raw(data, 0x30, bxl(kind=9), out)"),
        attack(ErrorCode.OUTPUT_INVALID, "raw(data, 0x30, bxl(kind=3), out)"),
        attack(ErrorCode.OUTPUT_INVALID, "raw(data, 0x30, bxl(kind=4, rows=5), out)"),
        attack(
            ErrorCode.OUTPUT_INVALID,
            "raw(data, 0x30, bxl(length=4096) + os.urandom(4096 - 64), out)"),
        // Frames of the satellite's own writer, changed on their way.
        result(
            ErrorCode.OUTPUT_INVALID, "forge(lambda f: f.__setitem__(slice(32, 40), b'\\7' * 8))"),
        result(
            ErrorCode.OUTPUT_INVALID,
            """
            def change(f):
                if f[4] == 3: f[-64:] = b"\\xff" * 64
            forge(change)
            """),
        result(
            ErrorCode.OUTPUT_INVALID,
            """
            def change(f):
                if f[4] == 3: f[72:136] = os.urandom(64)
            forge(change)
            """),
        result(
            ErrorCode.OUTPUT_INVALID,
            """
            def change(f):
                if f[4] == 4: f[32] += 1
            forge(change)
            """),
        // Control: what no satellite says, or nobody can.
        attack(ErrorCode.PROTOCOL_VIOLATION, "control._socket.sendall(b'GET / HTTP/1.0' * 9)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x22, b'', skip=1)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x22, b'', skip=-1)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x7f)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x22, flags=0x80)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x22, stream=out)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x22, b'\\xff' * 100)"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x30, bxl(), out)"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION,
            "control._socket.sendall(header(control, 0x22, 0, 0xffffffff) + bytes(1000))"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION,
            "control._socket.sendall(header(control, 0x22, 0, 70_000) + bytes(70_000))"),
        attack(ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x01, pb.Hello().SerializeToString())"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x10, pb.Execute().SerializeToString())"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION, "raw(control, 0x12, pb.Started().SerializeToString())"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION,
            "raw(control, 0x21, pb.Credit(stream=7777, bytes=1).SerializeToString())"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION,
            "raw(control, 0x22, pb.Output(number=0, channel=1, source=1, text='x' * 9000)"
                + ".SerializeToString())"),
        attack(
            ErrorCode.PROTOCOL_VIOLATION,
            """
            trace = pb.Trace(message="m" * 50_000)
            raw(control, 0x14, pb.Failed(error=pb.Error(
                number=39004, code="SCRIPT_ERROR", category=1, message="x", trace=trace
            )).SerializeToString())
            """),
        // Totals that are not those of what was sent.
        result(
            ErrorCode.RESULT_INCOMPLETE,
            """
            def change(m):
                if isinstance(m, pb.Completed): m.outputs[0].rows += 1
            lie(change)
            """),
        result(
            ErrorCode.RESULT_INCOMPLETE,
            """
            def change(m):
                if isinstance(m, pb.Completed): m.outputs[0].bytes -= 1
            lie(change)
            """),
        result(
            ErrorCode.RESULT_INCOMPLETE,
            """
            def change(m):
                if isinstance(m, pb.Completed): m.outputs[0].stream = 5000
            lie(change)
            """),
        attack(
            ErrorCode.RESULT_INCOMPLETE,
            """
            raw(control, 0x13, pb.Completed(
                outputs=[pb.StreamTotal(stream=out, frames=3, rows=1, bytes=1000)], runs=1
            ).SerializeToString())
            os._exit(0)
            """),
        // Channels that end, while the process goes on.
        attack(ErrorCode.CHANNEL_CLOSED, "control._socket.close(); data._socket.close()"),
        attack(ErrorCode.CHANNEL_CLOSED, "control._socket.shutdown(2)"),
        attack(ErrorCode.CHANNEL_CLOSED, "data._socket.shutdown(2)"),
        // Nothing more at all.
        attack(ErrorCode.DEADLINE_EXCEEDED, "hang()"),
        attack(
            ErrorCode.DEADLINE_EXCEEDED,
            """
            raw(control, 0x13, pb.Completed(
                outputs=[pb.StreamTotal(stream=out, frames=3, rows=1, bytes=1000)], runs=1
            ).SerializeToString())
            """));
  }

  /// An attack after which the satellite stays as it is, for whoever should kill it.
  private static Arguments attack(ErrorCode code, String script) {
    return Arguments.of(code, script + "\nhang()\n");
  }

  /// An attack on the frames and messages that follow the script.
  private static Arguments result(ErrorCode code, String script) {
    return Arguments.of(
        code, script + "\nOutputDataSet = pandas.DataFrame({'a': [1, 2], 't': ['x', 'yz']})\n");
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void attack_failsItsOwnSessionOnly(ErrorCode code, String script) throws Exception {
    boolean hangs = code == ErrorCode.DEADLINE_EXCEEDED;
    ScriptRequest request =
        Engine.request(SEIZE + script)
            .deadline(hangs ? Duration.ofSeconds(1) : Deadline.LONG)
            .grace(Duration.ofMillis(200))
            .build();
    try (var neighbour = new Neighbour()) {
      Outcome outcome = engine.run(request);
      ErrorInfo error = outcome.failed(code);
      assertFalse(error.retrySafe());
      awaitNobodyCalled(outcome.printed().lines().findFirst().orElseThrow().substring(7));
      neighbour.finish();
    }
  }

  /// With an engine that takes nothing, so that no credit comes back.
  @Test
  void overrunCredit_isAViolation() throws Exception {
    String script =
        """
        channel.outgoing[out].grant(1 << 40)
        OutputDataSet = pandas.DataFrame({"a": numpy.arange(8_000_000)})
        """;
    try (var neighbour = new Neighbour();
        Call call = engine.start(Engine.request(SEIZE + "import numpy\n" + script).build())) {
      ScriptException failure = assertThrows(ScriptException.class, call.execution()::await);
      assertEquals(ErrorCode.PROTOCOL_VIOLATION, failure.code(), failure.getMessage());
      assertTrue(failure.error().message().contains("credit"), failure.getMessage());
      awaitNobodyCalled(call.events().text().lines().findFirst().orElseThrow().substring(7));
      neighbour.finish();
    }
  }

  private static void awaitNobodyCalled(String name) {
    Deadline.await(
        "the end of every process called " + name,
        () ->
            service.processes().stream()
                .noneMatch(pid -> Processes.name(pid).orElse("").equals(name)));
  }

  /// A session that is in the middle of its data while the attack goes on.
  private static final class Neighbour implements AutoCloseable {
    private static final long ROWS = 400_000;

    private final GeneratedRows rows = GeneratedRows.count(engine, ROWS);
    private final Call call;
    private final ArrowReader output;
    private long seen;

    Neighbour() throws Exception {
      call =
          engine.start(
              Engine.request("OutputDataSet = InputDataSet").rowsPerRead(20_000).build(),
              List.of(rows.input()),
              null);
      output = call.execution().outputs().getFirst();
      assertTrue(output.loadNextBatch());
      seen = output.getVectorSchemaRoot().getRowCount();
    }

    void finish() throws Exception {
      while (output.loadNextBatch()) {
        seen += output.getVectorSchemaRoot().getRowCount();
      }
      call.execution().await();
      assertEquals(ROWS, seen);
    }

    @Override
    public void close() throws IOException {
      call.close();
      rows.close();
    }
  }
}
