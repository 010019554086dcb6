// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.script.ScriptFailedException;
import io.launchpad.embedded.token.Token;
import io.launchpad.protocol.ErrorCode;
import java.util.Set;

/// The failure of a script as SQL Server's error.
///
/// An exception of the script is error 39004, with the traceback in that first message, as it is
/// the one that clients show; message 39019 repeats its last line, as SQL Server sends it.
final class ScriptErrors {

  /// In SQL Server a script that does not compile is an error of the script like any other.
  private static final Set<Integer> OF_SCRIPT =
      Set.of(ErrorCode.SCRIPT_ERROR.number(), ErrorCode.SCRIPT_SYNTAX.number());

  private ScriptErrors() {}

  static StatementFailure of(
      ScriptFailedException failed, BoundCall call, Token at, ScriptMessages messages) {
    boolean script = OF_SCRIPT.contains(failed.number());
    if (!script) {
      String text = failed.traceback().isEmpty() ? "" : "\n" + failed.traceback().stripTrailing();
      SqlError error = SqlError.ofLaunchpad(failed.number(), failed.text() + text).causedBy(failed);
      return new StatementFailure(error.at(at.line(), at.column()));
    }
    messages.errorText(failed.text());
    String details = failed.traceback().isEmpty() ? failed.text() : failed.traceback();
    String message =
        "A '%s' script error occurred during execution of '%s':\n%s"
            .formatted(call.language(), CallErrors.PROCEDURE, details.stripTrailing());
    SqlError error = SqlError.of(EngineError.SCRIPT_ERROR, message).causedBy(failed);
    return new StatementFailure(error.at(at.line(), at.column()));
  }
}
