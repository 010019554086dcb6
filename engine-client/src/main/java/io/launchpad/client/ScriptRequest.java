// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Execute.RequestLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is to be run, for whom and how; the data is given beside it.
///
/// @param requestId unique per engine; empty has the client make one
/// @param principal the engine's user, whom the engine has authenticated
/// @param runtime empty for the language's default runtime
/// @param inputName the script's name for the main input when there is no input
/// @param deadline from now until the end, queueing included
/// @param grace between a cancel and the kill
/// @param timeZone IANA name, empty for UTC
/// @param inputFormat what inputs look like to the script, empty for the satellite's default
/// @param typeMapping empty or `exact`; `compat` for SQL Server's documented mapping of types
public record ScriptRequest(
    String requestId,
    String principal,
    String language,
    String runtime,
    String resourcePool,
    String script,
    String inputName,
    List<ScriptOutput> outputs,
    long rowsPerRead,
    List<String> partitionColumns,
    Optional<Duration> deadline,
    Optional<Duration> grace,
    String timeZone,
    Map<String, String> labels,
    String traceparent,
    RequestLimits limits,
    boolean reportExit,
    String inputFormat,
    String typeMapping) {
  public ScriptRequest {
    outputs = List.copyOf(outputs);
    partitionColumns = List.copyOf(partitionColumns);
    labels = Map.copyOf(labels);
  }

  /// A request for the one output `OutputDataSet`, without a declared type.
  public static ScriptRequestBuilder builder(String principal, String language, String script) {
    return new ScriptRequestBuilder(principal, language, script);
  }
}
