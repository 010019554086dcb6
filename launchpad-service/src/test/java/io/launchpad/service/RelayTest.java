// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.ExecuteBuilder;
import io.launchpad.protocol.FrameMemory;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.Limits;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the relay holds satellites to, and what it holds itself to: declared schemas, memory, the
/// size of an error.
@Timeout(60)
class RelayTest {
  private static final int OUTPUT = TestEngine.OUTPUT;
  private static final int SCHEMA = 3;
  private static final int SLICED = 4;
  private static final ArrowType LONG = new ArrowType.Int(64, true);
  private static final FieldType NULLABLE = FieldType.nullable(LONG);
  private static final FieldType NOT_NULL = FieldType.notNullable(LONG);

  /// As many rows as a batch may have: with its header just more than is scanned at once.
  private static final int LARGE = 1 << 20;

  /// Frames that are scanned at once and such that are not, as one stream.
  private static final List<byte[]> EVERY_SIZE = TestFrames.batches(10, LARGE, 10, LARGE, 10);

  private static final long ROWS = 30 + 2 * LARGE;

  @RegisterExtension final ServiceFixture service = new ServiceFixture();

  /// The answer to a result of `result` where `declared` was declared.
  private Message.Terminal answer(List<byte[]> declared, List<byte[]> result) throws Exception {
    FakeProcess.Script script =
        (satellite, _) -> {
          satellite.started();
          satellite.sendFrames(OUTPUT, result);
          satellite.completed(TestFrames.total(OUTPUT, result, 1));
        };
    service.sandbox().script(script);
    var engine = service.engine();
    return engine.call(declaring(new Content.Inline(Bytes.of(declared.getFirst())))).answer();
  }

  private void assertRefused(List<byte[]> declared, List<byte[]> result) throws Exception {
    var failed = assertInstanceOf(Message.Failed.class, answer(declared, result));
    assertEquals(ErrorCode.OUTPUT_INVALID, failed.error().code());
  }

  @Test
  void declaredSchema_letsTheSameTypesPassUnderAnyName() throws Exception {
    assertInstanceOf(
        Message.Completed.class,
        answer(TestFrames.row(NOT_NULL, "declared"), TestFrames.row(NOT_NULL, "other")));
    assertInstanceOf(
        Message.Completed.class,
        answer(TestFrames.row(NOT_NULL, "declared"), TestFrames.row(NULLABLE, "other")));
  }

  @Test
  void declaredSchema_refusesAnotherNumberOfColumns() throws Exception {
    assertRefused(TestFrames.row(NULLABLE, "a", "b"), TestFrames.row(NULLABLE, "a"));
    assertRefused(TestFrames.row(NULLABLE, "a"), TestFrames.row(NULLABLE, "a", "b"));
  }

  @Test
  void declaredSchema_refusesAnotherType() throws Exception {
    var unsigned = FieldType.nullable(new ArrowType.Int(64, false));
    assertRefused(TestFrames.row(unsigned, "a"), TestFrames.row(NULLABLE, "a"));
  }

  @Test
  void declaredSchema_refusesNullWhereNoneMayBe() throws Exception {
    assertRefused(TestFrames.row(NOT_NULL, "a"), TestFrames.nulls(NULLABLE, "a"));
  }

  private static Execute declaring(Content schema) {
    return TestEngine.request(false, false).toBuilder()
        .outputs(List.of(new Execute.NamedOutput("OutputDataSet", OUTPUT, Optional.of(schema))))
        .build();
  }

  /// Calls with a schema that is a stream, and sends that in two pieces.
  private TestEngine.Call callWithSchemaStream(TestEngine engine, byte[] schema) throws Exception {
    var call = engine.call(declaring(new Content.Stream(SCHEMA)));
    boolean _ =
        engine
            .connection()
            .execute(() -> {
              var out = engine.stream(SCHEMA);
              var _ = out.send(List.of(Unpooled.copiedBuffer(schema, 0, 100)), true);
              var _ =
                  out.send(List.of(Unpooled.copiedBuffer(schema, 100, schema.length - 100)), false);
            });
    return call;
  }

  /// A satellite that reads the declared schema before it sends its result.
  private static FakeProcess.Script answeringTheSchema(List<byte[]> result) {
    return (satellite, _) -> {
      satellite.started();
      satellite
          .connection()
          .openInbound(
              new InboundSpec(SCHEMA, FrameType.BLOB, InboundSpec.Delivery.FRAGMENTS, 1 << 20),
              payload -> {
                payload.close();
                if (!payload.more()) {
                  satellite.sendFrames(OUTPUT, result);
                  satellite.completed(TestFrames.total(OUTPUT, result, 1));
                }
              });
    };
  }

  /// A satellite that reads the declared schemas, and does no more.
  private static void readSchemas(FakeProcess satellite, Execute request) {
    satellite.started();
    for (var output : request.outputs()) {
      if (output.schema().orElseThrow() instanceof Content.Stream(int number)) {
        satellite.connection().openInbound(InboundSpec.blob(number, 1 << 20), Payload::close);
      }
    }
  }

  @Test
  void declaredSchemaAsAStream_isEnforced() throws Exception {
    byte[] declared = TestFrames.row(NOT_NULL, "a").getFirst();
    service.start(answeringTheSchema(TestFrames.row(NOT_NULL, "a")));
    var engine = service.engine();
    assertInstanceOf(Message.Completed.class, callWithSchemaStream(engine, declared).answer());
    service.sandbox().script(answeringTheSchema(TestFrames.nulls(NULLABLE, "a")));
    var call = callWithSchemaStream(engine, declared);
    assertEquals(ErrorCode.OUTPUT_INVALID, call.failure().error().code());
  }

  @Test
  void outputBeforeItsDeclaredSchema_isRefused() throws Exception {
    var forged = TestFrames.row(NULLABLE, "another", "table");
    service.start((satellite, _) -> {
      satellite.started();
      satellite.sendFrames(OUTPUT, forged);
      satellite.completed(TestFrames.total(OUTPUT, forged, 1));
    });
    var call = service.engine().call(declaring(new Content.Stream(SCHEMA)));
    assertEquals(ErrorCode.OUTPUT_INVALID, call.failure().error().code());
    assertEquals(List.of(), call.output);
  }

  @Test
  void declaredSchemaAsAStreamThatIsNone_failsTheRequest() throws Exception {
    service.start(RelayTest::readSchemas);
    var call = callWithSchemaStream(service.engine(), new byte[200]);
    assertEquals(ErrorCode.BAD_REQUEST, call.failure().error().code());
    assertTrue(call.failure().error().message().contains("outputs.schema"));
  }

  @Test
  void declaredSchemasOfOneRequest_areBoundedTogether() throws Exception {
    service.start(RelayTest::readSchemas);
    var engine = service.engine();
    var outputs =
        IntStream.range(0, 10)
            .mapToObj(i ->
                new Execute.NamedOutput("o" + i, 100 + i, Optional.of(new Content.Stream(200 + i))))
            .toList();
    var call = engine.call(TestEngine.request(false, false).toBuilder().outputs(outputs).build());
    // None is complete, and none too large by itself.
    boolean _ =
        engine
            .connection()
            .execute(() -> {
              for (int i = 0; i < 10; i++) {
                var out = engine.stream(200 + i);
                var _ = out.send(List.of(Unpooled.wrappedBuffer(new byte[500_000])), true);
              }
            });
    assertEquals(ErrorCode.BAD_REQUEST, call.failure().error().code());
    assertTrue(
        call.failure().error().message().contains("together"), call.failure().error().message());
  }

  @Test
  void emptyDeclaredSchema_failsTheRequest() throws Exception {
    service.start((satellite, _) -> satellite.started());
    var call = service.engine().call(declaring(new Content.Inline(Bytes.EMPTY)));
    assertEquals(ErrorCode.BAD_REQUEST, call.failure().error().code());
  }

  @Test
  void batchAsDeclaredSchema_failsTheRequest() throws Exception {
    service.start((satellite, _) -> satellite.started());
    byte[] batch = TestFrames.row(NOT_NULL, "a").get(1);
    var call = service.engine().call(declaring(new Content.Inline(Bytes.of(batch))));
    assertEquals(ErrorCode.BAD_REQUEST, call.failure().error().code());
  }

  @Test
  void framesOfEverySize_keepTheirOrder() throws Exception {
    var result = EVERY_SIZE;
    service
        .sandbox()
        .script((satellite, _) -> {
          satellite.started();
          satellite.sendFrames(OUTPUT, result);
          satellite.completed(TestFrames.total(OUTPUT, result, ROWS));
        });
    var call = service.engine().call(TestEngine.request(false, true));
    var answer = assertInstanceOf(Message.Completed.class, call.answer());
    assertEquals(List.of(TestFrames.total(OUTPUT, result, ROWS)), answer.outputs());
    assertEquals(result.size(), call.output.size());
    for (int i = 0; i < result.size(); i++) {
      assertArrayEquals(result.get(i), call.output.get(i));
    }
  }

  @Test
  void largeOutputOfASatelliteThatIsGoneWhenItIsValidated_isComplete() throws Exception {
    var result = EVERY_SIZE;
    service
        .sandbox()
        .script((satellite, _) -> {
          satellite.started();
          var _ =
              satellite
                  .sendFrames(OUTPUT, result)
                  .thenRun(() -> {
                    satellite.completed(TestFrames.total(OUTPUT, result, ROWS));
                    var _ =
                        satellite
                            .connection()
                            .ping()
                            .thenRun(() ->
                                satellite.exit(ExitReport.Cause.ITSELF, new Ending.Exited(0)));
                  });
        });
    var call = service.engine().call(TestEngine.request(false, true));
    assertInstanceOf(Message.Completed.class, call.answer());
    assertEquals(result.size(), call.output.size());
  }

  @Test
  void largeForgedFrame_isRefused() throws Exception {
    var result = EVERY_SIZE;
    byte[] forged = result.get(2).clone();
    ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putLong(32, 7);
    service
        .sandbox()
        .script((satellite, _) -> {
          satellite.started();
          satellite.sendFrames(OUTPUT, List.of(result.get(0), result.get(1), forged));
        });
    var call = service.engine().call(TestEngine.request(false, true));
    assertEquals(ErrorCode.OUTPUT_INVALID, call.failure().error().code());
    assertEquals(2, call.output.size());
  }

  @Test
  void engineThatDoesNotRead_costsNoMoreThanTheWindows() throws Exception {
    var result = TestFrames.numbers(100, 50_000); // 40 MB
    FakeProcess.Script script =
        (satellite, _) -> {
          satellite.started();
          satellite.sendFrames(OUTPUT, result);
          satellite.completed(TestFrames.total(OUTPUT, result, 5_000_000));
        };
    service.start(script);
    var engine = service.engine();
    var call = engine.call(TestEngine.request(false, true), List.of(), true);
    long peak = 0;
    for (int taken = 0; taken < result.size(); taken++) {
      // Longer than the relay needs to fill what it has left of its window.
      for (int i = 0; i < 5; i++) {
        engine.connection().ping().toCompletableFuture().get(20, TimeUnit.SECONDS);
        peak = Math.max(peak, FrameMemory.buffersInUse());
      }
      var payload = call.held.poll(20, TimeUnit.SECONDS);
      assertTrue(payload != null, "the relay stopped after " + taken + " frames");
      payload.close();
    }
    assertInstanceOf(Message.Completed.class, call.answer());
    // Ours and, in this process too, the engine's; each may be overdrawn by one frame.
    long frames = Limits.INITIAL_CREDIT_DEFAULT / result.get(1).length + 1;
    assertTrue(peak <= 2 * (frames + 1), peak + " frames of " + result.size() + " were held");
  }

  /// Sends a frame, its header first and then pieces of a few bytes, each in a fragment of its own.
  private static CompletionStage<?> sendInPieces(OutboundStream out, byte[] frame, int piece) {
    CompletionStage<?> last = CompletableFuture.completedStage(null);
    int begin = 0;
    int end = Limits.BXL_HEADER_BYTES;
    while (begin < frame.length) {
      var bytes = Unpooled.copiedBuffer(frame, begin, end - begin);
      last = out.send(List.of(bytes), end < frame.length);
      begin = end;
      end = Math.min(frame.length, end + piece);
    }
    return last;
  }

  private static void sendInput(TestEngine engine, List<byte[]> frames, int piece)
      throws Exception {
    var sent = new CompletableFuture<Void>();
    boolean _ =
        engine
            .connection()
            .execute(() -> {
              var out = engine.stream(SLICED);
              CompletionStage<?> last = CompletableFuture.completedStage(null);
              for (byte[] frame : frames) {
                last = sendInPieces(out, frame, piece);
              }
              var _ = last.thenRun(() -> sent.complete(null));
            });
    sent.get(30, TimeUnit.SECONDS);
    engine.connection().ping().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /// With an input that the test sends itself.
  private static ExecuteBuilder slicedInput() {
    return TestEngine.request(false, false).toBuilder()
        .parameters(Optional.of(new Content.Stream(SLICED)));
  }

  @Test
  void fragmentsOfAByteThatWaitForASatellite_takeNoBufferEach() throws Exception {
    service.sandbox().limitsNeverAnswered(true);
    service.start("resource-pool.default.session-memory = 1GiB");
    var engine = service.engine();
    var request = slicedInput().limits(new Execute.RequestLimits(1 << 20, 0, 0, 0, 0, 0)).build();
    var call = engine.call(request);
    sendInput(engine, List.of(TestFrames.numbers(1, 2_000).get(1)), 1);
    long held = FrameMemory.buffersInUse();
    assertTrue(held > 0 && held < 100, held + " buffers for 16 KB");
    engine.cancel("enough");
    assertInstanceOf(Message.Cancelled.class, call.answer());
  }

  @Test
  void smallFragments_arriveAsTheyWereSent() throws Exception {
    var frames = TestFrames.numbers(3, 2_000);
    service.start((satellite, _) -> {
      satellite.started();
      var number = new AtomicLong();
      satellite
          .connection()
          .openInbound(
              InboundSpec.frames(SLICED, 1 << 20),
              payload -> {
                byte[] expected = frames.get((int) number.get());
                boolean same = payload.bytes().equals(Unpooled.wrappedBuffer(expected));
                satellite.print(number.getAndIncrement(), same + "\n");
                if (payload.last()) {
                  satellite.completed();
                }
                payload.close();
              });
    });
    var engine = service.engine();
    var call = engine.call(slicedInput().build());
    sendInput(engine, frames, 61);
    assertInstanceOf(Message.Completed.class, call.answer());
    assertEquals(
        "true\n".repeat(frames.size()),
        call.printed.stream().map(Message.Output::text).collect(joining()));
  }

  @Test
  void largestError_reachesTheEngine() throws Exception {
    var trace =
        new ErrorInfo.Trace(
            "ValueError",
            "m".repeat(10_000),
            java.util.Collections.nCopies(
                200, new ErrorInfo.TraceFrame("f".repeat(300), 1, "g".repeat(300), "s")),
            Optional.empty(),
            false);
    var error =
        new ErrorInfo(
            ErrorCode.SCRIPT_ERROR,
            "\u00e4".repeat(Limits.ERROR_MESSAGE_BYTES),
            false,
            "ValueError",
            Optional.of(trace),
            "t".repeat(Limits.TRACEBACK_BYTES),
            Optional.empty(),
            Optional.empty(),
            Bytes.EMPTY,
            Bytes.EMPTY,
            "",
            java.util.OptionalLong.empty());
    FakeProcess.Script script =
        (satellite, _) -> {
          satellite.started();
          satellite.stderrTail("e".repeat(Limits.TAIL_BYTES));
          satellite.send(new Message.Failed(error, Message.Times.ZERO, Optional.empty()));
        };
    service.start(script);
    var engine = service.engine();
    var told = engine.call(TestEngine.request(false, false)).failure().error();
    assertEquals(ErrorCode.SCRIPT_ERROR, told.code());
    assertEquals(Limits.TAIL_BYTES, told.stderrTail().length());
    assertTrue(told.message().length() > Limits.ERROR_MESSAGE_BYTES / 3);
    assertTrue(told.tracebackText().length() > 10_000);
  }
}
