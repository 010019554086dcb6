// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.SchemaFrame;
import io.launchpad.protocol.Bytes;
import io.launchpad.protocol.Content;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Execute.NamedInput;
import io.launchpad.protocol.Execute.NamedOutput;
import io.launchpad.protocol.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request as it will be sent: which stream each part has, and what stands in the message itself.
final class ExecutePlan {
  /// What all inline contents together may take of the message's 64 KiB.
  private static final int INLINE_BYTES_MAX = 36 << 10;

  private final Map<Integer, Bytes> blobs = new LinkedHashMap<>();
  private final List<Integer> inputStreams = new ArrayList<>();
  private final List<Integer> outputStreams = new ArrayList<>();
  private final int parametersStream;
  private final int outputParametersStream;
  private final Execute execute;
  private int streams;
  private int inline;

  ExecutePlan(
      ScriptRequest request,
      String requestId,
      int task,
      int tasks,
      List<ScriptInput> inputs,
      @Nullable Parameters parameters)
      throws IOException {
    Content script = content(Bytes.utf8(request.script()));
    List<NamedInput> namedInputs = new ArrayList<>();
    for (ScriptInput input : inputs) {
      inputStreams.add(++streams);
      namedInputs.add(new NamedInput(input.name(), streams));
    }
    List<NamedOutput> namedOutputs = new ArrayList<>();
    for (ScriptOutput output : request.outputs()) {
      Optional<Content> schema = Optional.empty();
      if (output.declared().isPresent()) {
        schema = Optional.of(content(bytes(SchemaFrame.encode(output.declared().get()))));
      }
      outputStreams.add(++streams);
      namedOutputs.add(new NamedOutput(output.name(), streams, schema));
    }
    Optional<Content> parametersContent = Optional.empty();
    int stream = 0;
    if (parameters != null) {
      if (fits(parameters.length())) {
        inline += (int) parameters.length();
        parametersContent = Optional.of(new Content.Inline(parameters.inline()));
      } else {
        stream = ++streams;
        parametersContent = Optional.of(new Content.Stream(stream));
      }
    }
    parametersStream = stream;
    outputParametersStream = parameters != null && parameters.anyOut() ? ++streams : 0;
    execute =
        Execute.builder()
            .requestId(requestId)
            .task(task)
            .tasks(tasks)
            .principal(request.principal())
            .language(request.language())
            .runtime(request.runtime())
            .resourcePool(request.resourcePool())
            .script(script)
            .inputs(namedInputs)
            .inputName(request.inputName())
            .outputs(namedOutputs)
            .parameters(parametersContent)
            .outputParametersStream(outputParametersStream)
            .rowsPerRead(request.rowsPerRead())
            .partitionColumns(request.partitionColumns())
            .deadlineMillis(request.deadline().map(Duration::toMillis).orElse(0L))
            .graceMillis(request.grace().map(Duration::toMillis).orElse(0L))
            .timeZone(request.timeZone())
            .labels(request.labels())
            .traceparent(request.traceparent())
            .limits(request.limits())
            .reportExit(request.reportExit())
            .inputFormat(request.inputFormat())
            .typeMapping(request.typeMapping())
            .build();
  }

  private Content content(Bytes bytes) {
    if (fits(bytes.length())) {
      inline += bytes.length();
      return new Content.Inline(bytes);
    }
    blobs.put(++streams, bytes);
    return new Content.Stream(streams);
  }

  private boolean fits(long bytes) {
    return bytes <= Limits.INLINE_BYTES && inline + bytes <= INLINE_BYTES_MAX;
  }

  private static Bytes bytes(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.get(copy);
    return Bytes.of(copy);
  }

  Execute execute() {
    return execute;
  }

  /// What goes as blobs, by stream.
  Map<Integer, Bytes> blobs() {
    return blobs;
  }

  /// In the order of the inputs.
  List<Integer> inputStreams() {
    return inputStreams;
  }

  /// In the order of the outputs.
  List<Integer> outputStreams() {
    return outputStreams;
  }

  /// 0 when the parameters stand in the message or there are none.
  int parametersStream() {
    return parametersStream;
  }

  /// 0 when no parameter comes back.
  int outputParametersStream() {
    return outputParametersStream;
  }
}
