// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Execute.RequestLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds a [ScriptRequest]; what is not set is left to launchpad.
public final class ScriptRequestBuilder {
  private final String principal;
  private final String language;
  private final String script;
  private String requestId = "";
  private String runtime = "";
  private String resourcePool = "";
  private String inputName = "";
  private List<ScriptOutput> outputs = List.of(ScriptOutput.undeclared("OutputDataSet"));
  private long rowsPerRead = 0;
  private List<String> partitionColumns = List.of();
  private String timeZone = "";
  private Map<String, String> labels = Map.of();
  private String traceparent = "";
  private RequestLimits limits = RequestLimits.NONE;
  private boolean reportExit = false;
  private String inputFormat = "";
  private String typeMapping = "";
  private Optional<Duration> deadline = Optional.empty();
  private Optional<Duration> grace = Optional.empty();

  ScriptRequestBuilder(String principal, String language, String script) {
    this.principal = principal;
    this.language = language;
    this.script = script;
  }

  public ScriptRequestBuilder requestId(String value) {
    requestId = value;
    return this;
  }

  public ScriptRequestBuilder runtime(String value) {
    runtime = value;
    return this;
  }

  public ScriptRequestBuilder resourcePool(String value) {
    resourcePool = value;
    return this;
  }

  public ScriptRequestBuilder inputName(String value) {
    inputName = value;
    return this;
  }

  public ScriptRequestBuilder outputs(ScriptOutput... value) {
    outputs = List.of(value);
    return this;
  }

  public ScriptRequestBuilder rowsPerRead(long value) {
    rowsPerRead = value;
    return this;
  }

  public ScriptRequestBuilder partitionColumns(List<String> value) {
    partitionColumns = value;
    return this;
  }

  public ScriptRequestBuilder timeZone(String value) {
    timeZone = value;
    return this;
  }

  public ScriptRequestBuilder labels(Map<String, String> value) {
    labels = value;
    return this;
  }

  public ScriptRequestBuilder traceparent(String value) {
    traceparent = value;
    return this;
  }

  public ScriptRequestBuilder limits(RequestLimits value) {
    limits = value;
    return this;
  }

  public ScriptRequestBuilder reportExit(boolean value) {
    reportExit = value;
    return this;
  }

  public ScriptRequestBuilder inputFormat(String value) {
    inputFormat = value;
    return this;
  }

  /// How SQL types become those of the language: `exact`, which is the default, or `compat`.
  public ScriptRequestBuilder typeMapping(String value) {
    typeMapping = value;
    return this;
  }

  public ScriptRequestBuilder deadline(Duration value) {
    deadline = Optional.of(value);
    return this;
  }

  public ScriptRequestBuilder grace(Duration value) {
    grace = Optional.of(value);
    return this;
  }

  public ScriptRequest build() {
    return new ScriptRequest(
        requestId,
        principal,
        language,
        runtime,
        resourcePool,
        script,
        inputName,
        outputs,
        rowsPerRead,
        partitionColumns,
        deadline,
        grace,
        timeZone,
        labels,
        traceparent,
        limits,
        reportExit,
        inputFormat,
        typeMapping);
  }
}
