// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.SqlMessage;
import io.launchpad.embedded.script.ScriptRunner;
import org.jspecify.annotations.Nullable;

/// Hands on what a script prints as SQL Server's messages. Where the stream changes, a piece has
/// SQL Server's heading: pieces come live, and a reader must know which stream each is from.
final class ScriptMessages implements ScriptRunner.Printer {

  private final ResultListener listener;
  private @Nullable Boolean lastWasError;

  ScriptMessages(ResultListener listener) {
    this.listener = listener;
  }

  @Override
  public synchronized void printed(boolean error, String text) {
    boolean goesOn = lastWasError != null && lastWasError == error;
    String heading = error ? "STDERR" : "STDOUT";
    String shown = goesOn ? text : heading + " message(s) from external script:\n" + text;
    lastWasError = error;
    listener.message(new SqlMessage(error ? SqlMessage.STDERR : SqlMessage.STDOUT, 10, shown));
  }

  /// The text of a script's error, which SQL Server sends after error 39004.
  synchronized void errorText(String text) {
    listener.message(
        new SqlMessage(
            SqlMessage.SCRIPT_ERROR_TEXT, 10, "An external script error occurred:\n" + text));
  }
}
