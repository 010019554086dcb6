// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Where scripts are run. The engine knows nothing else of the launchpad.
public interface ScriptRunner {

  /// Starts all tasks of a call, or none, and returns while they run.
  ///
  /// @param tasks the inputs of each task, in the order of their names; one task without inputs for
  ///   a call without input. They are read by the runner from threads of its own and closed by the
  ///   engine after the runs are closed
  /// @param printer told what the script prints, while it runs, from any thread
  /// @return a run for each task
  /// @throws ScriptFailedException when the call cannot be started
  List<ScriptRun> start(ScriptCall call, List<List<ArrowReader>> tasks, Printer printer);

  /// Takes what a script prints.
  interface Printer {

    /// Called for each piece, in its order.
    ///
    /// @param error whether it went to stderr
    void printed(boolean error, String text);
  }
}
