// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One request to run a script, PROTOCOL.md section 7.
///
/// @param task which of the `tasks` parallel tasks of the request this is
/// @param runtime empty for the language's default runtime
/// @param inputName name of the main input when there is none
/// @param parameters a BXL stream of one row
/// @param outputParametersStream 0 when no parameter is `out` or `inout`
/// @param deadlineMillis 0 for the server's own deadline
/// @param graceMillis time between a cancel and the kill, 0 for the server's own
/// @param timeZone IANA name, empty for UTC
/// @param inputFormat what inputs look like to the script, empty for the satellite's default
/// @param typeMapping `exact` or empty, or `compat` for SQL Server's documented mapping
/// @param engineId set by launchpad for the satellite; ignored from an engine
/// @param sessionId set by launchpad for the satellite; ignored from an engine
public record Execute(
    String requestId,
    int task,
    int tasks,
    String principal,
    String language,
    String runtime,
    String resourcePool,
    Content script,
    List<NamedInput> inputs,
    String inputName,
    List<NamedOutput> outputs,
    Optional<Content> parameters,
    int outputParametersStream,
    long rowsPerRead,
    List<String> partitionColumns,
    long deadlineMillis,
    long graceMillis,
    String timeZone,
    Map<String, String> labels,
    String traceparent,
    RequestLimits limits,
    boolean reportExit,
    String inputFormat,
    String typeMapping,
    String engineId,
    String sessionId)
    implements Message {

  /// Refuses what breaks a rule of the protocol, with [ErrorCode#BAD_REQUEST] naming the field.
  public Execute {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    partitionColumns = List.copyOf(partitionColumns);
    labels = Map.copyOf(labels);
    ExecuteRules.check(
        requestId,
        task,
        tasks,
        principal,
        language,
        script,
        inputs,
        outputs,
        parameters,
        outputParametersStream,
        rowsPerRead,
        partitionColumns,
        labels,
        typeMapping);
  }

  public static ExecuteBuilder builder() {
    return new ExecuteBuilder();
  }

  /// A builder that starts from this request: launchpad changes a few fields for the satellite.
  public ExecuteBuilder toBuilder() {
    return new ExecuteBuilder(this);
  }

  @Override
  public FrameType type() {
    return FrameType.EXECUTE;
  }

  /// A named table that the client sends.
  public record NamedInput(String name, int stream) {}

  /// A named table that the script is to give back.
  ///
  /// @param schema one BXL schema frame when the result's types were declared
  public record NamedOutput(String name, int stream, Optional<Content> schema) {}

  /// What the client asks for; 0 asks for nothing. The server applies the smaller of these and its
  /// own.
  public record RequestLimits(
      long memoryBytes,
      long cpuMicros,
      long outputRows,
      long outputBytes,
      long printBytes,
      long valueBytes) {
    public static final RequestLimits NONE = new RequestLimits(0, 0, 0, 0, 0, 0);
  }
}
