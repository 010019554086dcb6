// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Java scripts that take over their satellite and misbehave: each fails its own session with the
/// documented error, and the next one works.
@Timeout(300)
final class JavaFaultTest {
  /// Writes raw bytes to a descriptor, and frames of the protocol with them: the data channel has
  /// not been written to yet, so its next sequence number is `sent`.
  private static final String SEIZE =
      """
      import io.launchpad.sdk.*;
      import java.lang.foreign.*;
      import java.lang.invoke.*;
      import java.nio.*;

      static long sent;

      static MethodHandle function(String name, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
            linker.defaultLookup().find(name).orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
      }

      static void raw(int descriptor, byte[] bytes) throws Throwable {
        try (var arena = Arena.ofConfined()) {
          var memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
          int ignored = (int) function("write", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG)
              .invokeExact(descriptor, memory, (long) bytes.length);
        }
      }

      static void frame(int type, int stream, byte[] payload) throws Throwable {
        var frame = ByteBuffer.allocate(16 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(payload.length).put((byte) type).put((byte) 0).putShort((short) stream).putLong(sent++);
        raw(4, frame.put(payload).array());
      }

      static byte[] bxl(String magic, int kind, long length, long rows) {
        var frame = ByteBuffer.allocate((int) Math.min(length, 4096)).order(ByteOrder.LITTLE_ENDIAN);
        frame.put(magic.getBytes()).put((byte) kind).put(new byte[3]).putLong(length);
        frame.putInt(0).putInt(0).putLong(0).putLong(rows);
        return frame.array();
      }

      static Object field(Object of, String name) throws Throwable {
        var field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
      }

      static Object stream() throws Throwable {
        return field(field(Call.current().output(), "sender"), "stream");
      }

      static int out() throws Throwable {
        return (int) field(stream(), "number");
      }

      static void send(Object message) throws Throwable {
        var connection = field(stream(), "connection");
        for (var method : connection.getClass().getMethods()) {
          if (method.getName().equals("send")) method.invoke(connection, message);
        }
      }

      static Object message(String name, Object... values) throws Throwable {
        var loader = stream().getClass().getClassLoader();
        var constructor = loader.loadClass("io.launchpad.protocol.Message$" + name).getDeclaredConstructors()[0];
        return constructor.newInstance(values);
      }

      static Object times() throws Throwable {
        return message("Times", 0L, 0L, 0L, 0L, 0L);
      }

      void main() throws Throwable {
      """;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS);
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  @AfterEach
  void nextOneWorks() {
    String good = JavaRuntime.main("System.out.print(\"good\");");
    assertEquals("good", engine.run(JavaRuntime.request(good).build()).success().printed());
  }

  private static final String HANG = "while (true) { Thread.sleep(1000); }";

  static List<Arguments> faults() {
    return List.of(
        // Not a frame, or one whose parts do not belong together.
        fault(ErrorCode.PROTOCOL_VIOLATION, "raw(4, new byte[64]);" + HANG),
        fault(ErrorCode.PROTOCOL_VIOLATION, "raw(3, new byte[64]);" + HANG),
        fault(ErrorCode.PROTOCOL_VIOLATION, "frame(0x30, out(), new byte[32]);" + HANG),
        fault(
            ErrorCode.PROTOCOL_VIOLATION,
            "frame(0x30, out(), bxl(\"BXL1\", 1, 1L << 62, 0));" + HANG),
        fault(ErrorCode.PROTOCOL_VIOLATION, "frame(0x30, 999, bxl(\"BXL1\", 1, 64, 0));" + HANG),
        fault(ErrorCode.OUTPUT_INVALID, "frame(0x30, out(), bxl(\"BXL9\", 1, 64, 0));" + HANG),
        fault(ErrorCode.OUTPUT_INVALID, "frame(0x30, out(), bxl(\"BXL1\", 1, 4096, 0));" + HANG),
        // Lies about the number of rows.
        fault(ErrorCode.OUTPUT_INVALID, "frame(0x30, out(), bxl(\"BXL1\", 4, 64, 5));" + HANG),
        // Answers for another session.
        fault(
            ErrorCode.PROTOCOL_VIOLATION,
            "send(message(\"Started\", \"other\", \"\", \"java\", 0L, 0L, true));" + HANG),
        // More than it was granted.
        fault(
            ErrorCode.PROTOCOL_VIOLATION,
            "frame(0x30, out(), bxl(\"BXL1\", 1, 256 << 20, 0));"
                + "while (true) frame(0x30, out(), new byte[1 << 20]);"),
        // Answers with the wrong totals, and then a second time, as if nothing had been.
        fault(
            ErrorCode.RESULT_INCOMPLETE,
            """
            var none = java.util.Optional.empty();
            send(message("Completed", java.util.List.of(), times(), none, none, 1L));
            """),
        // Ends one half of what it speaks over.
        fault(
            ErrorCode.CHANNEL_CLOSED,
            """
            int ignored = (int) function("shutdown", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT).invokeExact(3, 1);
            """
                + HANG),
        fault(
            ErrorCode.CHANNEL_CLOSED,
            """
            int ignored = (int) function("shutdown", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT).invokeExact(4, 1);
            """
                + HANG));
  }

  private static Arguments fault(ErrorCode code, String body) {
    return Arguments.of(code, body);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void fault_failsItsOwnSession(ErrorCode code, String body) {
    var request =
        JavaRuntime.request(SEIZE + body + "\n}\n")
            .deadline(Duration.ofMinutes(2))
            .grace(Duration.ofSeconds(1))
            .build();
    ErrorInfo error = engine.run(request).failed(code);
    assertFalse(error.retrySafe());
  }

  @Test
  void endAfterSomeFrames_isAnExit() throws Exception {
    String body =
        """
        try (var reader = call.input().reader()) {
          for (int frames = 0; frames < 3 && reader.loadNextBatch(); frames++) {
            call.output().write(reader.getVectorSchemaRoot());
          }
          Runtime.getRuntime().halt(9);
        }
        """;
    try (var rows = GeneratedRows.count(engine, 1_000_000)) {
      ErrorInfo error =
          engine
              .run(JavaRuntime.request(JavaRuntime.main(body)).build(), rows.input())
              .failed(ErrorCode.SCRIPT_EXITED);
      assertEquals(Optional.of(new Exit.Status(9)), error.exit());
    }
  }

  @Test
  void stall_endsAtTheDeadline() {
    var request =
        JavaRuntime.request(JavaRuntime.main("synchronized (call) { call.wait(); }"))
            .deadline(Duration.ofSeconds(3))
            .grace(Duration.ofSeconds(1))
            .build();
    engine.run(request).failed(ErrorCode.DEADLINE_EXCEEDED);
  }

  @Test
  void floodOfPrints_isBoundedAndDoesNotFailTheCall() {
    var request =
        JavaRuntime.request(
                JavaRuntime.main(
                    "for (int i = 0; i < 200_000; i++) System.out.println(\"a line that is printed often\");"))
            .limits(new io.launchpad.protocol.Execute.RequestLimits(0, 0, 0, 0, 1 << 20, 0))
            .build();
    assertEquals(1 << 20, engine.run(request).success().printed().length(), 200);
  }
}
