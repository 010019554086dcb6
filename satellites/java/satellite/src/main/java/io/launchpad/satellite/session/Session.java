// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.SchemaFrame;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Message.OutputChannel;
import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.Message.Times;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.satellite.code.CodePolicy;
import io.launchpad.satellite.code.Script;
import io.launchpad.satellite.console.Console;
import io.launchpad.satellite.convert.TypeMapping;
import io.launchpad.satellite.data.BatchSource;
import io.launchpad.satellite.data.InboundFrames;
import io.launchpad.satellite.data.InputData;
import io.launchpad.satellite.data.OutputData;
import io.launchpad.satellite.data.ParameterRow;
import io.launchpad.satellite.data.Pieces;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.satellite.error.ScriptErrors;
import io.launchpad.satellite.error.ScriptFailed;
import io.launchpad.satellite.error.ScriptText;
import io.launchpad.sdk.SessionInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.CompletionException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/// Runs one `EXECUTE` to its end, on the thread that is the script's.
final class Session implements AutoCloseable {
  /// The parameter that brings a jar with the script's classes.
  private static final String JAR_PARAMETER = "java_jar";

  private static final String INPUT_NAME = "InputDataSet";

  private final Connection connection;
  private final Execute request;
  private final SessionStreams streams;
  private final SessionSetting setting;
  private final BufferAllocator allocator;
  private final TypeMapping mapping;
  private final long began = System.nanoTime();
  private final List<OutputData> outputs = new ArrayList<>();
  private final List<BatchSource> sources = new ArrayList<>();
  private final List<InputData> others = new ArrayList<>();
  private ParameterRow parameters = new ParameterRow();
  private long started = began;
  private long runs;

  Session(
      Connection connection,
      Execute request,
      SessionStreams streams,
      SessionSetting setting,
      BufferAllocator allocator) {
    this.connection = connection;
    this.request = request;
    this.streams = streams;
    this.setting = setting;
    this.allocator = allocator;
    mapping = TypeMapping.of(request.typeMapping());
  }

  /// Runs the request, sends its terminal message, and waits until the socket has taken it.
  void run() {
    Message.Terminal end = outcome();
    setting.console().close();
    try {
      connection.send(end).toCompletableFuture().join();
    } catch (CompletionException e) {
      // Nobody is left to be told.
    }
    connection.closeStreams();
  }

  /// Lets go of what the session holds. The process ends after it, but for one that warms itself.
  @Override
  public void close() {
    others.forEach(InputData::close);
    outputs.forEach(OutputData::close);
  }

  /// How it ended. A cancel is the cause of whatever came of it.
  private Message.Terminal outcome() {
    Message.Terminal end;
    try {
      setting.interrupts().arm();
      end = execute();
    } catch (ScriptFailed e) {
      end = failed(e.error());
    } catch (SatelliteException e) {
      end = failed(e.error());
    } catch (InterruptedException e) {
      end = failed(ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "the script's thread was interrupted"));
    } catch (OutOfMemoryError | StackOverflowError e) {
      end = failed(new ScriptErrors(ScriptText.NONE).of(e));
    } catch (Exception | Error e) {
      end = failed(new ScriptErrors(ScriptText.NONE).of(ErrorCode.INTERNAL, e));
    }
    return setting.interrupts().disarm() ? new Message.Cancelled("cancelled", false, times()) : end;
  }

  private Message.Completed execute() throws IOException, ScriptFailed, InterruptedException {
    setting.console().limit(request.limits().printBytes());
    var _ =
        connection.send(
            new Message.Started(request.sessionId(), "", setting.runtime(), 0, 0, true));
    if (!request.language().equalsIgnoreCase(SessionSetting.LANGUAGE)) {
      throw SatelliteException.of(
          ErrorCode.LANGUAGE_UNKNOWN,
          "this satellite runs Java, not '%s'".formatted(request.language()));
    }
    String text = scriptText();
    parameters = readParameters();
    Optional<byte[]> jar = parameters.takeBinary(JAR_PARAMETER);
    openOutputs();
    SessionInfo facts = SessionFacts.of(request, setting.runtime(), Instant.now());
    TimeZone.setDefault(TimeZone.getTimeZone(facts.timeZone()));
    CodePolicy policy = setting.code();
    started = System.nanoTime();
    try (Script script = Script.load(text, jar, policy)) {
      runAll(script, facts);
    }
    return completed();
  }

  private String scriptText() throws InterruptedException, SatelliteException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(streams.script().bytes()))
          .toString();
    } catch (CharacterCodingException e) {
      throw SatelliteException.of(ErrorCode.BAD_REQUEST, "script: it is not UTF-8");
    }
  }

  private ParameterRow readParameters() throws IOException, InterruptedException {
    if (streams.inlineParameters().isPresent()) {
      return ParameterRow.inline(streams.inlineParameters().get().bytes(), allocator, mapping);
    }
    return streams.parameters().isPresent()
        ? ParameterRow.of(streams.parameters().get(), allocator, mapping)
        : new ParameterRow();
  }

  private void openOutputs() throws InterruptedException, SatelliteException {
    for (int i = 0; i < request.outputs().size(); i++) {
      String name = request.outputs().get(i).name();
      Optional<Schema> declared = Optional.empty();
      if (streams.schemas().get(i).isPresent()) {
        byte[] frame = streams.schemas().get(i).get().bytes();
        try {
          declared = Optional.of(SchemaFrame.decode(ByteBuffer.wrap(frame), BxlLimits.DEFAULT));
        } catch (BxlException e) {
          throw SatelliteException.of(
              ErrorCode.BAD_REQUEST, "the schema of '%s': %s".formatted(name, e.getMessage()));
        }
      }
      outputs.add(
          new OutputData(
              name,
              declared,
              streams.outputs().get(i),
              allocator,
              request.limits().valueBytes(),
              mapping));
    }
  }

  // ---- the runs

  private void runAll(Script script, SessionInfo facts)
      throws IOException, ScriptFailed, InterruptedException {
    for (InboundFrames frames : streams.inputs()) {
      sources.add(new BatchSource(frames, allocator, mapping));
    }
    for (int i = 1; i < sources.size(); i++) {
      others.add(InputData.whole(request.inputs().get(i).name(), allocator, sources.get(i)));
    }
    if (sources.isEmpty()) {
      String name = request.inputName().isEmpty() ? INPUT_NAME : request.inputName();
      runOnce(script, facts, InputData.none(name, allocator));
      return;
    }
    String name = request.inputs().getFirst().name();
    BatchSource main = sources.getFirst();
    if (request.rowsPerRead() == 0 && request.partitionColumns().isEmpty()) {
      runOnce(script, facts, InputData.whole(name, allocator, main));
      return;
    }
    // The script runs several times, and finds the other inputs each time.
    for (InputData other : others) {
      var _ = other.table();
    }
    Pieces pieces =
        request.rowsPerRead() > 0
            ? Pieces.chunks(main, request.rowsPerRead())
            : Pieces.partitions(main, request.partitionColumns());
    InputData piece;
    while ((piece = pieces.next(name, allocator)) != null) {
      runOnce(script, facts, piece);
    }
  }

  private void runOnce(Script script, SessionInfo facts, InputData main)
      throws IOException, ScriptFailed {
    if (runs > 0) {
      parameters.rebind();
    }
    List<InputData> inputs = new ArrayList<>();
    inputs.add(main);
    inputs.addAll(others);
    try (main) {
      script.run(
          new RunningCall(
              inputs,
              List.copyOf(outputs),
              parameters,
              SessionFacts.ofRun(facts, runs),
              allocator));
      runs++;
      for (OutputData output : outputs) {
        output.flush();
      }
    }
  }

  // ---- the end

  private Message.Completed completed() throws IOException {
    sources.forEach(BatchSource::close);
    List<StreamTotal> totals = new ArrayList<>();
    for (OutputData output : outputs) {
      totals.add(output.finish());
    }
    if (parameters.hasOutputs()) {
      OutboundStream stream =
          streams
              .outputParameters()
              .orElseThrow(() ->
                  SatelliteException.of(
                      ErrorCode.BAD_REQUEST,
                      "output_parameters_stream: there are output parameters but no stream"));
      totals.add(parameters.send(stream, allocator));
    }
    return new Message.Completed(totals, times(), Optional.empty(), Optional.empty(), runs);
  }

  private Message.Failed failed(ErrorInfo error) {
    System.out.flush();
    System.err.flush();
    Console console = setting.console();
    return new Message.Failed(
        error.withTails(console.tailOf(OutputChannel.STDOUT), console.tailOf(OutputChannel.STDERR)),
        times(),
        Optional.empty());
  }

  private Times times() {
    long now = System.nanoTime();
    return new Times(0, 0, (started - began) / 1_000, (now - started) / 1_000, 0);
  }
}
