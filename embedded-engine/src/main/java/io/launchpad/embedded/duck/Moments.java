// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.cast.Texts;
import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlValue;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.util.List;

/// What DuckDB can be given of a `datetimeoffset`: the moment, in microseconds. Its offset and its
/// seventh digit would be lost without a word, so they are refused where they count.
final class Moments {

  private Moments() {}

  /// @param momentMeant whether only the moment counts where the variable stands
  /// @throws StatementFailure when something of the value would be lost
  static void require(Token variable, SqlValue value, boolean momentMeant) {
    if (!(value.value() instanceof OffsetDateTime time)) {
      return;
    }
    if (time.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
      throw lost(
          variable, time, "DuckDB keeps 6 fractional digits: DECLARE it as datetimeoffset(6)");
    }
    if (time.getOffset().getTotalSeconds() != 0 && !momentMeant) {
      throw lost(
          variable,
          time,
          "DuckDB keeps the moment without its offset: write CAST(%s AS TIMESTAMPTZ) where that is"
                  .formatted(variable.text())
              + " meant");
    }
  }

  private static StatementFailure lost(Token variable, OffsetDateTime time, String reason) {
    return StatementFailure.of(
            EngineError.NO_CONVERSION,
            "Variable %s is %s, and %s.",
            variable.text(),
            Texts.of(time),
            reason)
        .at(variable);
  }

  /// Whether only the moment counts between two tokens: in a comparison, as SQL Server compares
  /// moments, and in a cast.
  static boolean meant(Token before, Token after, List<Token> statement) {
    boolean cast = before.isSymbol("(") && after.isWord("AS");
    boolean between = before.isWord("BETWEEN") || before.isWord("AND") || after.isWord("BETWEEN");
    return cast || between || isComparison(before, statement) || isComparison(after, statement);
  }

  private static boolean isComparison(Token token, List<Token> statement) {
    return token.isSymbol("<")
        || token.isSymbol(">")
        // Else it may be an assignment.
        || (token.isSymbol("=") && statement.stream().noneMatch(t -> t.isWord("UPDATE")));
  }
}
