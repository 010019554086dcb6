// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Payload;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Satellites that do not behave: each fails exactly its own session, with the right error, and a
/// later session is not touched.
@Timeout(60)
class SatelliteFaultTest {
  private static final int OUTPUT = TestEngine.OUTPUT;

  @RegisterExtension final ServiceFixture service = new ServiceFixture();

  private Message.Failed failureOf(FakeProcess.Script script, String... more) throws Exception {
    service.start(script, more);
    var engine = service.engine();
    var failed = engine.call(TestEngine.request(false, true)).failure();
    // The next session, on a satellite that behaves, is not touched.
    service
        .sandbox()
        .script((satellite, _) -> {
          satellite.started();
          satellite.completed();
        });
    assertInstanceOf(
        Message.Completed.class, engine.call(TestEngine.request(false, false)).answer());
    return failed;
  }

  private static void sendsNumbers(FakeProcess satellite) {
    satellite.started();
    var _ = satellite.sendFrames(OUTPUT, TestFrames.numbers(2, 1000));
  }

  @Test
  void scriptError_goesOnWithItsTails() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          satellite.stderrTail("last words");
          satellite.send(
              new Message.Failed(
                  ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "ValueError: no"),
                  Message.Times.ZERO,
                  Optional.empty()));
        });
    assertEquals(ErrorCode.SCRIPT_ERROR, failed.error().code());
    assertEquals(Bytes.utf8("last words"), failed.error().stderrTail());
    assertFalse(failed.error().retrySafe());
  }

  private static ErrorInfo forged(ErrorCode code, ErrorInfo.Exit exit) {
    return ErrorInfo.of(code, "as the script likes it")
        .withExit(exit)
        .withLimit(new ErrorInfo.LimitHit("a name of its own", 1, "a.key", 2))
        .withTails(Bytes.utf8("forged"), Bytes.utf8("forged"));
  }

  private static FakeProcess.Script failing(ErrorInfo error) {
    return (satellite, _) -> {
      satellite.started();
      satellite.stderrTail("as it was");
      satellite.processesRefused(1);
      satellite.send(new Message.Failed(error, Message.Times.ZERO, Optional.empty()));
    };
  }

  @Test
  void factsThatOnlyTheServiceKnows_areNotTakenFromASatellite() throws Exception {
    var told =
        failureOf(failing(forged(ErrorCode.MEMORY_LIMIT, new ErrorInfo.Exit.Signal(9)))).error();
    assertEquals(ErrorCode.SCRIPT_ERROR, told.code());
    assertTrue(told.message().startsWith("as the script likes it"), told.message());
    assertEquals(Optional.empty(), told.exit());
    assertEquals("processes", told.limit().orElseThrow().name());
    assertEquals(Bytes.EMPTY, told.stdoutTail());
    assertEquals(Bytes.utf8("as it was"), told.stderrTail());
  }

  @Test
  void statusOfAScriptThatExits_isBelieved() throws Exception {
    var told =
        failureOf(failing(forged(ErrorCode.SCRIPT_EXITED, new ErrorInfo.Exit.Status(3)))).error();
    assertEquals(ErrorCode.SCRIPT_EXITED, told.code());
    assertEquals(Optional.of(new ErrorInfo.Exit.Status(3)), told.exit());
  }

  @Test
  void exitBeforeTheResult_isScriptExited() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          satellite.exit(ExitReport.Cause.ITSELF, new Ending.Exited(3));
        });
    assertEquals(ErrorCode.SCRIPT_EXITED, failed.error().code());
    assertEquals(Optional.of(new ErrorInfo.Exit.Status(3)), failed.error().exit());
  }

  @Test
  void crash_namesItsSignal() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          sendsNumbers(satellite);
          satellite.exit(ExitReport.Cause.ITSELF, new Ending.Signalled(11));
        });
    assertEquals(ErrorCode.SCRIPT_CRASHED, failed.error().code());
    assertTrue(failed.error().message().contains("SIGSEGV"), failed.error().message());
  }

  @Test
  void lossOfTheZygoteBeforeTheScriptRan_isRetrySafe() throws Exception {
    var failed =
        failureOf((satellite, _) ->
            satellite.exit(ExitReport.Cause.ZYGOTE_DIED, new Ending.Signalled(9)));
    assertEquals(ErrorCode.SATELLITE_LOST, failed.error().code());
    assertTrue(failed.error().retrySafe());
  }

  @Test
  void closedChannelsOfALivingProcess_areChannelClosed() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          satellite.connection().close();
        });
    assertEquals(ErrorCode.CHANNEL_CLOSED, failed.error().code());
  }

  @Test
  void deathWithOpenChannels_isReportedWithoutWaitingForTheirEnd() throws Exception {
    var failed =
        failureOf(
            (satellite, _) -> {
              satellite.started();
              satellite.report(ExitReport.Cause.ITSELF, new Ending.Signalled(11));
            },
            "limits.exit-report-wait = 60s");
    assertEquals(ErrorCode.SCRIPT_CRASHED, failed.error().code());
  }

  @Test
  void closedChannelsOfALivingProcess_areReportedWithoutWaitingForItsEnd() throws Exception {
    var failed =
        failureOf(
            (satellite, _) -> {
              satellite.started();
              satellite.connection().close();
            },
            "limits.exit-report-wait = 60s");
    assertEquals(ErrorCode.CHANNEL_CLOSED, failed.error().code());
  }

  @Test
  void wrongTotals_areResultIncomplete() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          var frames = TestFrames.numbers(2, 1000);
          var _ = satellite.sendFrames(OUTPUT, frames);
          satellite.completed(TestFrames.total(OUTPUT, frames, 1999));
        });
    assertEquals(ErrorCode.RESULT_INCOMPLETE, failed.error().code());
  }

  @Test
  void totalsThatNameAStreamTwice_areResultIncomplete() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          var frames = TestFrames.numbers(2, 1000);
          var _ = satellite.sendFrames(OUTPUT, frames);
          satellite.completed(
              TestFrames.total(OUTPUT, frames, 2000), TestFrames.total(OUTPUT, frames, 2001));
        });
    assertEquals(ErrorCode.RESULT_INCOMPLETE, failed.error().code());
    assertTrue(failed.error().message().contains("twice"), failed.error().message());
  }

  @Test
  void resultWithoutEnd_isResultIncomplete() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          var frames = TestFrames.numbers(2, 1000);
          var _ = satellite.sendFrames(OUTPUT, frames.subList(0, 2));
          satellite.completed(TestFrames.total(OUTPUT, frames, 2000));
          var _ =
              satellite
                  .connection()
                  .ping()
                  .thenRun(() -> satellite.exit(ExitReport.Cause.ITSELF, new Ending.Exited(0)));
        });
    assertEquals(ErrorCode.RESULT_INCOMPLETE, failed.error().code());
  }

  @Test
  void forgedFrame_isOutputInvalidAndNothingOfItGoesOn() throws Exception {
    var frames = TestFrames.numbers(1, 1000);
    byte[] forged = frames.get(1).clone();
    ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putLong(32, 1001);
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          var _ = satellite.sendFrames(OUTPUT, List.of(frames.getFirst(), forged));
        });
    assertEquals(ErrorCode.OUTPUT_INVALID, failed.error().code());
  }

  @Test
  void moreRowsThanAllowed_isOutputLimit() throws Exception {
    service.start((satellite, _) -> sendsNumbers(satellite), "limits.output-rows = 1500");
    var engine = service.engine();
    var failed = engine.call(TestEngine.request(false, true)).failure();
    assertEquals(ErrorCode.OUTPUT_LIMIT, failed.error().code());
    assertEquals("limits.output-rows", failed.error().limit().orElseThrow().configurationKey());
  }

  @Test
  void overrunCredit_isAProtocolViolation() throws Exception {
    var frames = TestFrames.numbers(40, 50_000); // 16 MB, four times the window
    service.start((satellite, _) -> {
      satellite.started();
      writeRaw(satellite, fragments(frames));
    });
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, true), List.of(), true);
    assertEquals(ErrorCode.PROTOCOL_VIOLATION, call.failure().error().code());
    call.held.forEach(Payload::close);
  }

  @Test
  void garbageOnTheDataChannel_isAProtocolViolation() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          writeRaw(satellite, ByteBuffer.allocateDirect(1024).putInt(0, -1));
        });
    assertEquals(ErrorCode.PROTOCOL_VIOLATION, failed.error().code());
  }

  @Test
  void gapInThePrintedNumbers_isAProtocolViolation() throws Exception {
    var failed =
        failureOf((satellite, _) -> {
          satellite.started();
          satellite.print(1, "x");
        });
    assertEquals(ErrorCode.PROTOCOL_VIOLATION, failed.error().code());
  }

  @Test
  void secondAnswer_changesNothing() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.completed();
      satellite.completed();
    });
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, false));
    assertInstanceOf(Message.Completed.class, call.answer());
  }

  @Test
  void defectOnTheSessionsThread_isAnsweredAndGivesThePlaceBack() throws Exception {
    var failed =
        failureOf(
            (satellite, _) -> {
              satellite.breakTails();
              satellite.started();
              satellite.send(
                  new Message.Failed(
                      ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "ValueError: no"),
                      Message.Times.ZERO,
                      Optional.empty()));
            },
            "pool.sessions-max = 1",
            "runtime.python.parked-min = 1",
            "runtime.python.parked-max = 1",
            "pool.parked-max = 1");
    assertEquals(ErrorCode.INTERNAL, failed.error().code());
  }

  /// Each frame in one fragment, as the data channel carries them.
  private static ByteBuffer fragments(List<byte[]> frames) {
    int size = frames.stream().mapToInt(frame -> 16 + frame.length).sum();
    var bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    long sequence = 0;
    for (byte[] frame : frames) {
      bytes.putInt(frame.length).put((byte) 0x30).put((byte) 0).putShort((short) OUTPUT);
      bytes.putLong(sequence++).put(frame);
    }
    return bytes.flip();
  }

  /// Writes beside the satellite's own writer, from a thread that waits for room in the socket.
  private static void writeRaw(FakeProcess satellite, ByteBuffer bytes) {
    Thread.ofVirtual()
        .start(() -> {
          var descriptor = new FileDescriptor(satellite.dataDescriptor());
          Eventually.holds(
              "everything written, or hung up on",
              () -> satellite.connection().isClosed() || writtenWhole(descriptor, bytes));
        });
  }

  private static boolean writtenWhole(FileDescriptor descriptor, ByteBuffer bytes) {
    try {
      int written = descriptor.write(bytes, bytes.position(), bytes.limit());
      bytes.position(bytes.position() + Math.max(0, written));
      return !bytes.hasRemaining();
    } catch (IOException e) {
      return true; // the service hung up, as it should
    }
  }
}
