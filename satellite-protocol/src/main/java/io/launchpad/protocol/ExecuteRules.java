// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.launchpad.protocol.Execute.NamedInput;
import io.launchpad.protocol.Execute.NamedOutput;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rules of PROTOCOL.md section 7 that one request must keep by itself.
final class ExecuteRules {
  /// Empty is `exact`.
  private static final Set<String> TYPE_MAPPINGS = Set.of("", "exact", "compat");

  private final Set<Integer> streams = new HashSet<>();

  private ExecuteRules() {}

  static void check(
      String requestId,
      int task,
      int tasks,
      String principal,
      String language,
      Content script,
      List<NamedInput> inputs,
      List<NamedOutput> outputs,
      Optional<Content> parameters,
      int outputParametersStream,
      long rowsPerRead,
      List<String> partitionColumns,
      Map<String, String> labels,
      String typeMapping) {
    required("request_id", requestId);
    required("principal", principal);
    required("language", language);
    if (tasks < 1 || tasks > Limits.LIST_ENTRIES || task < 0 || task >= tasks) {
      throw bad("task %d of %d does not exist", task, tasks);
    }
    if (rowsPerRead < 0) {
      throw bad("rows_per_read is too large");
    }
    if (rowsPerRead > 0 && !partitionColumns.isEmpty()) {
      throw bad("rows_per_read and partition_columns exclude each other");
    }
    partitionColumns.forEach(name -> required("partition_columns", name));
    if (!partitionColumns.isEmpty() && inputs.isEmpty()) {
      throw bad("partition_columns need an input");
    }
    labels.forEach((key, _) -> required("labels", key));
    labels.values().forEach(value -> bounded("labels", value));
    if (!TYPE_MAPPINGS.contains(typeMapping)) {
      throw bad("type_mapping is '%s', neither exact nor compat", typeMapping);
    }
    var rules = new ExecuteRules();
    rules.content("script", script);
    rules.inputs(inputs);
    rules.outputs(outputs);
    parameters.ifPresent(content -> rules.content("parameters", content));
    if (outputParametersStream != 0) {
      rules.stream("output_parameters_stream", outputParametersStream);
    }
  }

  private void inputs(List<NamedInput> inputs) {
    if (inputs.size() > Limits.INPUTS) {
      throw bad("inputs: %d; at most %d are allowed", inputs.size(), Limits.INPUTS);
    }
    Set<String> names = new HashSet<>();
    for (NamedInput input : inputs) {
      required("inputs.name", input.name());
      if (!names.add(input.name())) {
        throw bad("inputs: two are named '%s'", input.name());
      }
      stream("inputs.stream", input.stream());
    }
  }

  private void outputs(List<NamedOutput> outputs) {
    if (outputs.size() > Limits.OUTPUTS) {
      throw bad("outputs: %d; at most %d are allowed", outputs.size(), Limits.OUTPUTS);
    }
    Set<String> names = new HashSet<>();
    for (NamedOutput output : outputs) {
      required("outputs.name", output.name());
      if (!names.add(output.name())) {
        throw bad("outputs: two are named '%s'", output.name());
      }
      stream("outputs.stream", output.stream());
      output.schema().ifPresent(schema -> content("outputs.schema", schema));
    }
  }

  private void content(String field, Content content) {
    switch (content) {
      case Content.Inline(var bytes) -> {
        if (bytes.length() > Limits.INLINE_BYTES) {
          throw bad("%s: inline content of %d bytes", field, bytes.length());
        }
      }
      case Content.Stream(int number) -> stream(field, number);
    }
  }

  private void stream(String field, int number) {
    if (number < 1 || number > Limits.STREAM_NUMBER_MAX) {
      throw bad("%s: %d is no stream number", field, number);
    }
    if (!streams.add(number)) {
      throw bad("%s: stream %d is used twice", field, number);
    }
  }

  private static void required(String field, String value) {
    if (value.isEmpty()) {
      throw bad("%s is empty", field);
    }
    bounded(field, value);
  }

  private static void bounded(String field, String value) {
    if (value.length() > Limits.NAME_BYTES
        || value.getBytes(StandardCharsets.UTF_8).length > Limits.NAME_BYTES) {
      throw bad("%s is longer than %d bytes", field, Limits.NAME_BYTES);
    }
  }

  private static ProtocolException bad(String format, Object... arguments) {
    return ProtocolException.of(ErrorCode.BAD_REQUEST, format, arguments);
  }
}
