// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import io.launchpad.embedded.type.SqlValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A call of a script, ready to run: what all its tasks have in common.
///
/// @param inputNames those of the inputs of each task, the main one first; with a call that has no
///   input the name under which the script finds an empty one
/// @param outputNames the main one first
/// @param typeMapping `exact`, `compat` or empty
/// @param inputFormat what inputs look like to the script; empty for its language's own
/// @param rowsPerRead how many rows each run of the script sees; 0 for all at once
/// @param partitionColumns the script runs once for each run of equal values in these columns; none
///   for all at once
public record ScriptCall(
    String requestId,
    String language,
    String script,
    List<String> inputNames,
    List<String> outputNames,
    List<Parameter> parameters,
    int rowsPerRead,
    List<String> partitionColumns,
    String typeMapping,
    String inputFormat,
    Optional<Duration> deadline) {

  /// A declared parameter with its value on the way in.
  ///
  /// @param name as declared, without `@`
  public record Parameter(String name, Direction direction, SqlValue value) {}

  /// Which way a parameter goes. What T-SQL declares OUTPUT goes both ways.
  public enum Direction {
    IN,
    INOUT
  }

  public ScriptCall {
    inputNames = List.copyOf(inputNames);
    outputNames = List.copyOf(outputNames);
    parameters = List.copyOf(parameters);
    partitionColumns = List.copyOf(partitionColumns);
  }
}
