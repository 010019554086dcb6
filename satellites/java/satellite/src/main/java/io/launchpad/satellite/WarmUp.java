// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import io.launchpad.bxl.BxlChannels;
import io.launchpad.bxl.BxlWriter;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.FrameType;
import io.launchpad.protocol.InboundSpec;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.satellite.code.ClassPath;
import io.launchpad.satellite.code.CodePolicy;
import io.launchpad.satellite.console.Console;
import io.launchpad.satellite.data.BatchSource;
import io.launchpad.satellite.data.InboundFrames;
import io.launchpad.satellite.data.InputData;
import io.launchpad.satellite.data.OutputData;
import io.launchpad.satellite.data.ParameterRow;
import io.launchpad.satellite.session.Interrupts;
import io.launchpad.satellite.session.SessionHandler;
import io.launchpad.satellite.session.SessionSetting;
import io.launchpad.sdk.Columns;
import io.launchpad.sdk.spi.WarmUpScript;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Small sessions played to the satellite itself over real sockets, so that no user pays for first
/// times: they load and initialize what a session needs. Those that compile it follow while the
/// satellite is parked ([IdleWarmUp]).
final class WarmUp {
  private static final Duration TIME = Duration.ofMinutes(1);
  private static final int FRAME_BYTES_MAX = 1 << 20;
  private static final int SCRIPT = 1;
  private static final int INPUT = 2;
  private static final int OUTPUT = 3;
  private static final int OUTPUT_PARAMETERS = 4;

  private final NetworkLoops loops;
  private final BufferAllocator allocator;
  private final String script;
  private final CompletableFuture<Message.Terminal> end = new CompletableFuture<>();
  private final InboundFrames results = new InboundFrames();
  private final InboundFrames parameters = new InboundFrames();
  private final CompletableFuture<OutboundStream> input = new CompletableFuture<>();

  private WarmUp(NetworkLoops loops, BufferAllocator allocator, String script) {
    this.loops = loops;
    this.allocator = allocator;
    this.script = script;
  }

  /// Plays both ways, leaves little of them in memory, and plays once more what the collection has
  /// taken with it.
  static void park(NetworkLoops loops, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    play(loops, allocator);
    System.gc();
    play(loops, allocator, WarmUpPassage.class.getName());
  }

  /// Plays a session of each way to find a class; leaves the process as it found it.
  static void play(NetworkLoops loops, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    play(loops, allocator, WarmUpScript.class.getName());
    play(loops, allocator, WarmUpPassage.class.getName());
  }

  /// Plays one session of a script, which must succeed.
  static void play(NetworkLoops loops, BufferAllocator allocator, String script)
      throws IOException, InterruptedException, ExecutionException {
    PrintStream out = System.out;
    PrintStream err = System.err;
    TimeZone zone = TimeZone.getDefault();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try {
      new WarmUp(loops, allocator, script).session();
    } finally {
      System.setOut(out);
      System.setErr(err);
      TimeZone.setDefault(zone);
      Thread.currentThread().setContextClassLoader(loader);
    }
  }

  private void session() throws IOException, InterruptedException, ExecutionException {
    Path folder = Files.createTempDirectory("warm-up-");
    SocketPairs control = SocketPairs.in(folder, "control");
    SocketPairs data = SocketPairs.in(folder, "data");
    Files.delete(folder);
    var connector = new Connector(loops, LocalInfo.of(Main.SOFTWARE), new SecureRandom());
    var interrupts = new Interrupts(Thread.currentThread());
    var handler = new SessionHandler(interrupts, _ -> {});
    var asking =
        connector
            .adoptSatellite(control.one(), data.one(), TIME, this::asker)
            .toCompletableFuture();
    try (Connection serving =
            connector
                .serveAsSatellite(
                    control.other(), data.other(), SessionSetting.LANGUAGE, "", _ -> handler)
                .toCompletableFuture()
                .get();
        Connection _ = asking.get()) {
      sendInput();
      var console = new Console(serving::send);
      console.install();
      // Scripts see the satellite's own classes only if their class path has them.
      var policy = new CodePolicy(List.of(ClassPath.place(WarmUp.class)), true, true, false, TIME);
      handler.serve(new SessionSetting("", policy, console, interrupts), allocator);
      readResult();
    }
  }

  /// The client's end, whose handshake is about to be over.
  private ConnectionHandler asker(Connection connection) {
    boolean _ = connection.execute(() -> ask(connection));
    return new ConnectionHandler() {
      @Override
      public void message(Connection from, Message message) {
        if (message instanceof Message.Terminal terminal) {
          end.complete(terminal);
        }
      }

      @Override
      public void closed(Connection from, ProtocolException cause) {
        end.completeExceptionally(cause);
      }
    };
  }

  private void ask(Connection connection) {
    input.complete(connection.openOutbound(INPUT, FrameType.DATA));
    results.opened(connection.openInbound(InboundSpec.frames(OUTPUT, FRAME_BYTES_MAX), results));
    parameters.opened(
        connection.openInbound(InboundSpec.frames(OUTPUT_PARAMETERS, FRAME_BYTES_MAX), parameters));
    OutboundStream text = connection.openOutbound(SCRIPT, FrameType.BLOB);
    connection.send(
        Execute.builder()
            .requestId("warm-up")
            .principal("warm-up")
            .language(SessionSetting.LANGUAGE)
            .script(new Content.Stream(SCRIPT))
            .inputs(List.of(new Execute.NamedInput("InputDataSet", INPUT)))
            .outputs(List.of(new Execute.NamedOutput("OutputDataSet", OUTPUT, Optional.empty())))
            .parameters(Optional.of(new Content.Inline(parameterRow())))
            .outputParametersStream(OUTPUT_PARAMETERS)
            .build());
    byte[] bytes = Bytes.utf8(script).toByteArray();
    text.send(List.of(Unpooled.directBuffer(bytes.length).writeBytes(bytes)));
  }

  /// One parameter that goes both ways.
  private Bytes parameterRow() {
    Field field =
        new Field(
            WarmUpPassage.PARAMETER,
            new FieldType(
                true,
                Columns.int64(WarmUpPassage.PARAMETER).getType(),
                null,
                Map.of(ParameterRow.DIRECTION, "inout")),
            List.of());
    var bytes = new ByteArrayOutputStream();
    try (var value = (BigIntVector) field.createVector(allocator);
        var writer =
            new BxlWriter(
                new Schema(List.of(field)),
                new DictionaryProvider.MapDictionaryProvider(),
                allocator,
                BxlWriterOptions.DEFAULT,
                BxlChannels.sink(Channels.newChannel(bytes)))) {
      value.allocateNew(1);
      value.set(0, 1);
      value.setValueCount(1);
      writer.write(new VectorSchemaRoot(List.of(field), List.of(value), 1));
      var _ = writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Bytes.of(bytes.toByteArray());
  }

  private void sendInput() throws IOException, InterruptedException, ExecutionException {
    var output = new OutputData("input", Optional.empty(), input.get(), allocator, 0);
    try (output;
        var rows =
            output.rows(
                Columns.int64("i"),
                Columns.float64("f"),
                Columns.text("s"),
                Columns.decimal("d", 18, 2))) {
      rows.add(1L, 0.5, "x", new java.math.BigDecimal("1.25")).add(2L, null, null, null);
      var _ = output.finish();
    }
  }

  private void readResult() throws IOException, InterruptedException, ExecutionException {
    if (!(end.get() instanceof Message.Completed)) {
      throw new IOException("warming up failed: " + end.get());
    }
    var source = new BatchSource(results, allocator);
    try (InputData result = InputData.whole("output", allocator, source)) {
      if (result.table().rowCount() != 2) {
        throw new IOException("warming up gave " + result.table().rowCount() + " rows");
      }
      source.close();
    }
    if (ParameterRow.of(parameters, allocator).get(WarmUpPassage.PARAMETER) == null) {
      throw new IOException("warming up lost a parameter");
    }
  }
}
