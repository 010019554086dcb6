// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sessions against satellites that behave, from the request to the answer, and their cancels and
/// ends.
@Timeout(60)
class SessionTest {
  private static final int OUTPUT = TestEngine.OUTPUT;

  @RegisterExtension final ServiceFixture service = new ServiceFixture();

  /// Sends back what comes in, unit by unit.
  private static void echo(FakeProcess satellite, Execute request) {
    var frames = new ArrayList<byte[]>();
    satellite
        .connection()
        .openInbound(
            new InboundSpec(TestEngine.INPUT, FrameType.DATA, InboundSpec.Delivery.UNITS, 64 << 20),
            payload -> {
              byte[] bytes = take(payload);
              frames.add(bytes);
              var _ = satellite.sendFrames(OUTPUT, List.of(bytes));
              if (payload.last()) {
                long rows = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(32);
                satellite.completed(TestFrames.total(OUTPUT, frames, rows));
              }
            });
    satellite.started();
  }

  private static byte[] take(Payload payload) {
    try (payload) {
      byte[] bytes = new byte[payload.bytes().readableBytes()];
      payload.bytes().getBytes(payload.bytes().readerIndex(), bytes);
      return bytes;
    }
  }

  @Test
  void session_isForgottenByItsConnectionWhenItHasLeft() throws Exception {
    service.start(SessionTest::echo);
    var engine = service.engine();
    engine.call(TestEngine.request(true, true), TestFrames.numbers(1, 10), false).answer();
    Eventually.holds("no session in memory", () -> sessionsInMemory() == 0);
    // Who cancels what is over changes nothing, and the connection serves on.
    engine.cancel("late");
    var next = engine.call(TestEngine.request(true, true), TestFrames.numbers(1, 10), false);
    assertInstanceOf(Message.Completed.class, next.answer());
  }

  /// Those that are still reachable, after a collection.
  private static long sessionsInMemory() {
    try {
      String histogram =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "gcClassHistogram",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
      return histogram
          .lines()
          .filter(line -> line.endsWith(" io.launchpad.service.session.Session"))
          .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[1]))
          .sum();
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void data_comesBackByteForByte() throws Exception {
    var input = TestFrames.numbers(20, 50_000);
    service.start(SessionTest::echo);
    var engine = service.engine();
    var call = engine.call(TestEngine.request(true, true), input, false);
    var completed = assertInstanceOf(Message.Completed.class, call.answer());
    assertEquals(1_000_000, completed.outputs().getFirst().rows());
    assertEquals(input.size(), call.output.size());
    for (int i = 0; i < input.size(); i++) {
      assertArrayEquals(input.get(i), call.output.get(i));
    }
    assertEquals("python", call.started.join().runtime());
  }

  @Test
  void connection_servesOneCallAfterTheOther() throws Exception {
    var input = TestFrames.numbers(1, 10);
    service.start(SessionTest::echo);
    var engine = service.engine();
    for (int i = 0; i < 20; i++) {
      var call = engine.call(TestEngine.request(true, true), input, false);
      assertInstanceOf(Message.Completed.class, call.answer());
    }
  }

  @Test
  void slowEngine_doesNotLoseDataAndBoundsIt() throws Exception {
    var input = TestFrames.numbers(40, 50_000); // 16 MB
    service.start(SessionTest::echo);
    var engine = service.engine();
    var call = engine.call(TestEngine.request(true, true), input, true);
    long bytes = 0;
    int frames = 0;
    while (frames < input.size()) {
      Payload payload = call.held.poll(20, TimeUnit.SECONDS);
      assertTrue(payload != null, "the relay stopped after " + frames + " frames");
      bytes += payload.bytes().readableBytes();
      frames++;
      payload.close();
    }
    assertEquals(input.stream().mapToLong(f -> f.length).sum(), bytes);
    assertInstanceOf(Message.Completed.class, call.answer());
  }

  @Test
  void slowEngine_getsEverythingOfASatelliteWhoseEndIsReportedBeforeItsChannelsClose()
      throws Exception {
    var output = TestFrames.numbers(16, 50_000); // more than the engine's window
    var written = new CountDownLatch(1);
    FakeProcess.Script script =
        (satellite, _) -> {
          satellite.started();
          var _ =
              satellite
                  .sendFrames(OUTPUT, output)
                  .thenRun(() -> {
                    satellite.completed(TestFrames.total(OUTPUT, output, 800_000));
                    satellite.report(ExitReport.Cause.ITSELF, new Ending.Exited(0));
                    satellite
                        .connection()
                        .schedule(Duration.ofMillis(50), satellite.connection()::close);
                    written.countDown();
                  });
        };
    service.start(script);
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, true), List.of(), true);
    assertTrue(written.await(20, TimeUnit.SECONDS));
    // Longer than the service waits for a report or for channels of a satellite that is gone.
    assertThrows(TimeoutException.class, () -> call.terminal.get(1, TimeUnit.SECONDS));
    for (int i = 0; i < output.size(); i++) {
      take(call.held.take());
    }
    assertInstanceOf(Message.Completed.class, call.answer());
  }

  @Test
  void satelliteThatHangsUpBeforeItsHello_givesItsPlaceBack() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.completed();
    });
    var engine = service.engine();
    assertInstanceOf(
        Message.Completed.class, engine.call(TestEngine.request(false, false)).answer());
    service.sandbox().hangUp(true);
    Message.Terminal last = engine.call(TestEngine.request(false, false)).answer();
    while (last instanceof Message.Completed) { // on one that was parked before
      last = engine.call(TestEngine.request(false, false)).answer();
    }
    assertEquals(ErrorCode.LAUNCH_FAILED, ((Message.Failed) last).error().code());
    service.sandbox().hangUp(false);
    while (!(last instanceof Message.Completed)) { // until the pause behind the failures is over
      last = engine.call(TestEngine.request(false, false)).answer();
    }
  }

  @Test
  void requestThatOutgrowsItsFrameOnTheWay_isABadRequest() throws Exception {
    service.start();
    var engine = service.engine();
    var labels = new HashMap<String, String>();
    for (int i = 0; i < 246; i++) {
      labels.put("k%05d".formatted(i), "v".repeat(250));
    }
    Message.@Nullable Terminal answer = null;
    // The longest that fits a frame of the engine's.
    for (int filler = 250; answer == null; filler -= 10) {
      labels.put("k-even1", "v".repeat(filler));
      labels.put("k-even2", "v".repeat(filler));
      var request = TestEngine.request(false, false).toBuilder().labels(labels).build();
      try {
        answer = engine.call(request).answer();
      } catch (ExecutionException e) {
        assertInstanceOf(IllegalArgumentException.class, e.getCause());
      }
    }
    var failed = assertInstanceOf(Message.Failed.class, answer);
    assertEquals(ErrorCode.BAD_REQUEST, failed.error().code());
  }

  @Test
  void printing_arrivesInOrderAndRawOutputBesideIt() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.print(0, "one\n");
      satellite.printRaw("raw \u00e4\n");
      satellite.print(1, "two\n");
      satellite.completed();
    });
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, false));
    assertInstanceOf(Message.Completed.class, call.answer());
    var printed = List.copyOf(call.printed);
    assertEquals(
        List.of("one\n", "two\n"),
        printed.stream()
            .filter(output -> output.source() == Message.OutputSource.INTERPRETER)
            .map(Message.Output::text)
            .toList());
    assertTrue(printed.stream().anyMatch(output -> output.text().equals("raw \u00e4\n")));
    assertEquals(List.of(0L, 1L, 2L), printed.stream().map(Message.Output::number).toList());
  }

  @Test
  void flood_isCutAtTheLimitAndSaysSo() throws Exception {
    service.start(
        (satellite, _) -> {
          satellite.started();
          for (int i = 0; i < 100; i++) {
            satellite.print(i, "x".repeat(1024));
          }
          satellite.completed();
        },
        "limits.print-bytes = 10KiB");
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, false));
    assertInstanceOf(Message.Completed.class, call.answer());
    assertEquals(11, call.printed.size());
    var last = List.copyOf(call.printed).getLast();
    assertEquals(90 * 1024, last.droppedBytes());
  }

  @Test
  void cancel_interruptsAndAnswersCancelled() throws Exception {
    var script =
        new FakeProcess.Script() {
          @Override
          public void run(FakeProcess satellite, Execute request) {
            satellite.started();
          }

          @Override
          public void interrupted(FakeProcess satellite) {
            satellite.send(new Message.Cancelled("interrupted", false, Message.Times.ZERO));
          }
        };
    service.start(script);
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, false));
    call.started.get(20, TimeUnit.SECONDS);
    engine.cancel("enough");
    var cancelled = assertInstanceOf(Message.Cancelled.class, call.answer());
    assertFalse(cancelled.forced());
    assertEquals("enough", cancelled.reason());
  }

  @Test
  void cancel_killsWhatDoesNotReact() throws Exception {
    service.start((satellite, _) -> satellite.started());
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, false));
    call.started.get(20, TimeUnit.SECONDS);
    engine.cancel("enough");
    assertTrue(assertInstanceOf(Message.Cancelled.class, call.answer()).forced());
  }

  @Test
  void deadline_isAnErrorOfItsOwn() throws Exception {
    service.start((satellite, _) -> satellite.started());
    var engine = service.engine();
    var request = TestEngine.request(false, false).toBuilder().deadlineMillis(200).build();
    var failed = engine.call(request).failure();
    assertEquals(ErrorCode.DEADLINE_EXCEEDED, failed.error().code());
  }

  @Test
  void engineThatGoesAway_endsItsSatellite() throws Exception {
    service.start((satellite, _) -> satellite.started());
    var engine = service.engine();
    engine.call(TestEngine.request(false, false)).started.get(20, TimeUnit.SECONDS);
    engine.close();
    var ends =
        service.sandbox().processes().stream()
            .map(process -> process.exited().toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    CompletableFuture.anyOf(ends).get(20, TimeUnit.SECONDS);
  }

  @Test
  void exit_isReportedOnRequest() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.completed();
      var _ =
          satellite
              .connection()
              .ping()
              .thenRun(() -> satellite.exit(ExitReport.Cause.ITSELF, new Ending.Exited(7)));
    });
    var engine = service.engine();
    var request = TestEngine.request(false, false).toBuilder().reportExit(true).build();
    var call = engine.call(request);
    assertInstanceOf(Message.Completed.class, call.answer());
    assertEquals(new ErrorInfo.Exit.Status(7), call.exited.get(20, TimeUnit.SECONDS).exit());
  }

  @Test
  void connectionBeyondTheEnginesLimit_isToldWhy() throws Exception {
    service.start("engine.tests.connections-max = 1");
    var _ = service.engine();
    var refused = assertThrows(ExecutionException.class, service::engine);
    var cause = assertInstanceOf(ProtocolException.class, refused.getCause());
    assertEquals(ErrorCode.TOO_MANY_CONNECTIONS, cause.error().code());
  }

  @Test
  void unknownLanguage_isRefusedAndRetrySafe() throws Exception {
    service.start();
    var engine = service.engine();
    var request = TestEngine.request(false, false).toBuilder().language("cobol").build();
    var failed = engine.call(request).failure();
    assertEquals(ErrorCode.LANGUAGE_UNKNOWN, failed.error().code());
  }

  @Test
  void parallelTasks_runTogether() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.completed();
    });
    var first = service.engine();
    var second = service.engine();
    var request = TestEngine.request(false, false).toBuilder().tasks(2);
    var one = first.call(request.task(0).build());
    var two = second.call(request.task(1).build());
    assertInstanceOf(Message.Completed.class, one.answer());
    assertInstanceOf(Message.Completed.class, two.answer());
  }

  @Test
  void taskThatComesTwice_isABadRequest() throws Exception {
    service.start();
    var first = service.engine();
    var second = service.engine();
    var request = TestEngine.request(false, false).toBuilder().tasks(2).task(0).build();
    var one = first.call(request);
    var two = second.call(request);
    int bad = 0;
    var done =
        (Message.Terminal)
            java.util.concurrent.CompletableFuture.anyOf(one.terminal, two.terminal)
                .get(20, TimeUnit.SECONDS);
    if (done instanceof Message.Failed failed && failed.error().code() == ErrorCode.BAD_REQUEST) {
      bad++;
    }
    assertEquals(1, bad);
  }

  @Test
  void shutdown_answersTheRunningSession() throws Exception {
    service.start((satellite, _) -> satellite.started());
    var call = service.engine().call(TestEngine.request(false, false));
    call.started.get(20, TimeUnit.SECONDS);
    service.stop();
    assertEquals(ErrorCode.SHUTTING_DOWN, call.failure().error().code());
  }
}
