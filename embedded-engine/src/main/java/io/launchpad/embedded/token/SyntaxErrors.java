// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;

/// The errors of text that is no T-SQL.
public final class SyntaxErrors {

  private SyntaxErrors() {}

  public static StatementFailure syntax(Token at, String expected) {
    return StatementFailure.of(
            EngineError.SYNTAX, "Incorrect syntax near '%s': %s.", shown(at), expected)
        .at(at);
  }

  static StatementFailure unclosedQuote(String rest) {
    return StatementFailure.of(
        EngineError.UNCLOSED_QUOTE,
        "Unclosed quotation mark after the character string '%s'.",
        rest.length() > 40 ? rest.substring(0, 40) : rest);
  }

  static StatementFailure unclosedComment() {
    return StatementFailure.of(EngineError.UNCLOSED_COMMENT, "Missing end comment mark '*/'.");
  }

  private static String shown(Token token) {
    String text = token.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
