// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.script;

import io.launchpad.embedded.type.SqlValue;
import java.util.Map;
import org.apache.arrow.vector.ipc.ArrowReader;

/// One task of a call under way. Closing it ends it, however far it is.
public interface ScriptRun extends AutoCloseable {

  /// An output, to be read after those before it. Waits for its schema, which has no fields when
  /// the script did not assign it.
  ///
  /// The last output's last batch has been given only when the whole call has succeeded: a call
  /// that fails throws [ScriptFailedException] from here, from `loadNextBatch` or from [#outputs].
  ///
  /// @param output counted from 0, which is the main one
  ArrowReader results(int output);

  /// The values of the `out` and `inout` parameters by name without `@`, after all results have
  /// been read.
  Map<String, SqlValue> outputs();

  /// Asks the script to stop; the failure comes where results are read. May be called from any
  /// thread; does nothing to a script that has ended.
  void cancel(String reason);

  @Override
  void close();
}
