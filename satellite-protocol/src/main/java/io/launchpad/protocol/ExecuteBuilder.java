// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.launchpad.protocol.Execute.NamedInput;
import io.launchpad.protocol.Execute.NamedOutput;
import io.launchpad.protocol.Execute.RequestLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds an [Execute]; what is not set has the protocol's default.
public final class ExecuteBuilder {
  private String requestId = "";
  private int task = 0;
  private int tasks = 1;
  private String principal = "";
  private String language = "";
  private String runtime = "";
  private String resourcePool = "";
  private Content script = new Content.Inline(Bytes.EMPTY);
  private List<NamedInput> inputs = List.of();
  private String inputName = "";
  private List<NamedOutput> outputs = List.of();
  private Optional<Content> parameters = Optional.empty();
  private int outputParametersStream = 0;
  private long rowsPerRead = 0;
  private List<String> partitionColumns = List.of();
  private long deadlineMillis = 0;
  private long graceMillis = 0;
  private String timeZone = "";
  private Map<String, String> labels = Map.of();
  private String traceparent = "";
  private RequestLimits limits = RequestLimits.NONE;
  private boolean reportExit = false;
  private String inputFormat = "";
  private String typeMapping = "";
  private String engineId = "";
  private String sessionId = "";

  ExecuteBuilder() {}

  ExecuteBuilder(Execute from) {
    requestId = from.requestId();
    task = from.task();
    tasks = from.tasks();
    principal = from.principal();
    language = from.language();
    runtime = from.runtime();
    resourcePool = from.resourcePool();
    script = from.script();
    inputs = from.inputs();
    inputName = from.inputName();
    outputs = from.outputs();
    parameters = from.parameters();
    outputParametersStream = from.outputParametersStream();
    rowsPerRead = from.rowsPerRead();
    partitionColumns = from.partitionColumns();
    deadlineMillis = from.deadlineMillis();
    graceMillis = from.graceMillis();
    timeZone = from.timeZone();
    labels = from.labels();
    traceparent = from.traceparent();
    limits = from.limits();
    reportExit = from.reportExit();
    inputFormat = from.inputFormat();
    typeMapping = from.typeMapping();
    engineId = from.engineId();
    sessionId = from.sessionId();
  }

  public ExecuteBuilder requestId(String value) {
    requestId = value;
    return this;
  }

  public ExecuteBuilder task(int value) {
    task = value;
    return this;
  }

  public ExecuteBuilder tasks(int value) {
    tasks = value;
    return this;
  }

  public ExecuteBuilder principal(String value) {
    principal = value;
    return this;
  }

  public ExecuteBuilder language(String value) {
    language = value;
    return this;
  }

  public ExecuteBuilder runtime(String value) {
    runtime = value;
    return this;
  }

  public ExecuteBuilder resourcePool(String value) {
    resourcePool = value;
    return this;
  }

  public ExecuteBuilder script(Content value) {
    script = value;
    return this;
  }

  public ExecuteBuilder inputs(List<NamedInput> value) {
    inputs = value;
    return this;
  }

  public ExecuteBuilder inputName(String value) {
    inputName = value;
    return this;
  }

  public ExecuteBuilder outputs(List<NamedOutput> value) {
    outputs = value;
    return this;
  }

  public ExecuteBuilder parameters(Optional<Content> value) {
    parameters = value;
    return this;
  }

  public ExecuteBuilder outputParametersStream(int value) {
    outputParametersStream = value;
    return this;
  }

  public ExecuteBuilder rowsPerRead(long value) {
    rowsPerRead = value;
    return this;
  }

  public ExecuteBuilder partitionColumns(List<String> value) {
    partitionColumns = value;
    return this;
  }

  public ExecuteBuilder deadlineMillis(long value) {
    deadlineMillis = value;
    return this;
  }

  public ExecuteBuilder graceMillis(long value) {
    graceMillis = value;
    return this;
  }

  public ExecuteBuilder timeZone(String value) {
    timeZone = value;
    return this;
  }

  public ExecuteBuilder labels(Map<String, String> value) {
    labels = value;
    return this;
  }

  public ExecuteBuilder traceparent(String value) {
    traceparent = value;
    return this;
  }

  public ExecuteBuilder limits(RequestLimits value) {
    limits = value;
    return this;
  }

  public ExecuteBuilder reportExit(boolean value) {
    reportExit = value;
    return this;
  }

  public ExecuteBuilder inputFormat(String value) {
    inputFormat = value;
    return this;
  }

  public ExecuteBuilder typeMapping(String value) {
    typeMapping = value;
    return this;
  }

  public ExecuteBuilder engineId(String value) {
    engineId = value;
    return this;
  }

  public ExecuteBuilder sessionId(String value) {
    sessionId = value;
    return this;
  }

  /// Checks the request as [Execute] says.
  public Execute build() {
    return new Execute(
        requestId,
        task,
        tasks,
        principal,
        language,
        runtime,
        resourcePool,
        script,
        inputs,
        inputName,
        outputs,
        parameters,
        outputParametersStream,
        rowsPerRead,
        partitionColumns,
        deadlineMillis,
        graceMillis,
        timeZone,
        labels,
        traceparent,
        limits,
        reportExit,
        inputFormat,
        typeMapping,
        engineId,
        sessionId);
  }
}
