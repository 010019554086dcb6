// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static io.launchpad.protocol.WireRules.count;
import static io.launchpad.protocol.WireRules.name;

import io.launchpad.protocol.Execute.NamedInput;
import io.launchpad.protocol.Execute.NamedOutput;
import io.launchpad.protocol.Execute.RequestLimits;
import io.launchpad.protocol.wire.Content.WhereCase;
import java.util.Optional;

/// Maps requests. [Execute] itself checks the rules between fields.
final class ExecuteWire {
  private ExecuteWire() {}

  static io.launchpad.protocol.wire.Execute write(Execute m) {
    io.launchpad.protocol.wire.Execute.Builder out =
        io.launchpad.protocol.wire.Execute.newBuilder()
            .setRequestId(m.requestId())
            .setTask(m.task())
            .setTasks(m.tasks())
            .setPrincipal(m.principal())
            .setLanguage(m.language())
            .setRuntime(m.runtime())
            .setResourcePool(m.resourcePool())
            .setScript(write(m.script()))
            .setInputName(m.inputName())
            .setOutputParametersStream(m.outputParametersStream())
            .setRowsPerRead(m.rowsPerRead())
            .addAllPartitionColumns(m.partitionColumns())
            .setDeadlineMs(m.deadlineMillis())
            .setGraceMs(m.graceMillis())
            .setTimeZone(m.timeZone())
            .putAllLabels(m.labels())
            .setTraceparent(m.traceparent())
            .setReportExit(m.reportExit())
            .setInputFormat(m.inputFormat())
            .setTypeMapping(m.typeMapping())
            .setEngineId(m.engineId())
            .setSessionId(m.sessionId());
    m.parameters().ifPresent(content -> out.setParameters(write(content)));
    for (NamedInput input : m.inputs()) {
      out.addInputsBuilder().setName(input.name()).setStream(input.stream());
    }
    for (NamedOutput output : m.outputs()) {
      var named = out.addOutputsBuilder().setName(output.name()).setStream(output.stream());
      output.schema().ifPresent(schema -> named.setSchema(write(schema)));
    }
    if (!m.limits().equals(RequestLimits.NONE)) {
      out.setLimits(write(m.limits()));
    }
    return out.build();
  }

  static Execute read(io.launchpad.protocol.wire.Execute m) {
    ExecuteBuilder out =
        Execute.builder()
            .requestId(m.getRequestId())
            .task(m.getTask())
            .tasks(m.getTasks() == 0 ? 1 : m.getTasks())
            .principal(m.getPrincipal())
            .language(m.getLanguage())
            .runtime(name("Execute.runtime", m.getRuntime()))
            .resourcePool(name("Execute.resource_pool", m.getResourcePool()))
            .inputName(name("Execute.input_name", m.getInputName()))
            .outputParametersStream(m.getOutputParametersStream())
            .rowsPerRead(count("Execute.rows_per_read", m.getRowsPerRead()))
            .partitionColumns(
                WireRules.list("Execute.partition_columns", m.getPartitionColumnsList()))
            .deadlineMillis(count("Execute.deadline_ms", m.getDeadlineMs()))
            .graceMillis(count("Execute.grace_ms", m.getGraceMs()))
            .timeZone(name("Execute.time_zone", m.getTimeZone()))
            .labels(m.getLabelsMap())
            .traceparent(name("Execute.traceparent", m.getTraceparent()))
            .limits(read(m.getLimits()))
            .reportExit(m.getReportExit())
            .inputFormat(name("Execute.input_format", m.getInputFormat()))
            .typeMapping(name("Execute.type_mapping", m.getTypeMapping()))
            .engineId(name("Execute.engine_id", m.getEngineId()))
            .sessionId(name("Execute.session_id", m.getSessionId()))
            .inputs(
                m.getInputsList().stream()
                    .map(input -> new NamedInput(input.getName(), input.getStream()))
                    .toList())
            .outputs(m.getOutputsList().stream().map(ExecuteWire::read).toList());
    if (m.hasScript()) {
      out.script(read("Execute.script", m.getScript()));
    }
    if (m.hasParameters()) {
      out.parameters(Optional.of(read("Execute.parameters", m.getParameters())));
    }
    return out.build();
  }

  private static NamedOutput read(io.launchpad.protocol.wire.NamedOutput output) {
    return new NamedOutput(
        output.getName(),
        output.getStream(),
        output.hasSchema()
            ? Optional.of(read("Execute.outputs.schema", output.getSchema()))
            : Optional.empty());
  }

  private static io.launchpad.protocol.wire.Content write(Content content) {
    var out = io.launchpad.protocol.wire.Content.newBuilder();
    switch (content) {
      case Content.Inline(var bytes) -> out.setInline(HandshakeWire.bytes(bytes));
      case Content.Stream(int number) -> out.setStream(number);
    }
    return out.build();
  }

  private static Content read(String field, io.launchpad.protocol.wire.Content content) {
    if (content.getWhereCase() == WhereCase.STREAM) {
      return new Content.Stream(content.getStream());
    }
    if (content.getInline().size() > Limits.INLINE_BYTES) {
      throw ProtocolException.of(
          ErrorCode.BAD_REQUEST,
          "%s: %d bytes inline; at most %d are allowed",
          field,
          content.getInline().size(),
          Limits.INLINE_BYTES);
    }
    return new Content.Inline(Bytes.of(content.getInline().toByteArray()));
  }

  private static io.launchpad.protocol.wire.RequestLimits write(RequestLimits limits) {
    return io.launchpad.protocol.wire.RequestLimits.newBuilder()
        .setMemoryBytes(limits.memoryBytes())
        .setCpuUs(limits.cpuMicros())
        .setOutputRows(limits.outputRows())
        .setOutputBytes(limits.outputBytes())
        .setPrintBytes(limits.printBytes())
        .setValueBytes(limits.valueBytes())
        .build();
  }

  private static RequestLimits read(io.launchpad.protocol.wire.RequestLimits limits) {
    return new RequestLimits(
        count("RequestLimits.memory_bytes", limits.getMemoryBytes()),
        count("RequestLimits.cpu_us", limits.getCpuUs()),
        count("RequestLimits.output_rows", limits.getOutputRows()),
        count("RequestLimits.output_bytes", limits.getOutputBytes()),
        count("RequestLimits.print_bytes", limits.getPrintBytes()),
        count("RequestLimits.value_bytes", limits.getValueBytes()));
  }
}
