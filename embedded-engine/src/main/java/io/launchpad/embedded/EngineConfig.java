// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.embedded.call.CallLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How an [EmbeddedEngine] is set up.
///
/// @param database the DuckDB file; empty for a database in memory
/// @param tasksMax into how many tasks a call with `@parallel = 1` is split at most
/// @param rowsPerTaskMin below this many rows for each task, fewer tasks are made
/// @param scriptDeadline how long a call may take; empty for the launchpad's own limit
public record EngineConfig(
    Optional<Path> database, int tasksMax, long rowsPerTaskMin, Optional<Duration> scriptDeadline) {

  public EngineConfig {
    if (tasksMax < 1 || rowsPerTaskMin < 1) {
      throw new IllegalArgumentException("tasksMax and rowsPerTaskMin begin at 1");
    }
  }

  CallLimits callLimits() {
    return new CallLimits(tasksMax, rowsPerTaskMin, scriptDeadline);
  }

  /// In memory, with one task for each processor.
  public static EngineConfig inMemory() {
    return new EngineConfig(
        Optional.empty(), Runtime.getRuntime().availableProcessors(), 65_536, Optional.empty());
  }

  public static EngineConfig file(Path database) {
    EngineConfig memory = inMemory();
    return new EngineConfig(
        Optional.of(database), memory.tasksMax, memory.rowsPerTaskMin, memory.scriptDeadline);
  }
}
