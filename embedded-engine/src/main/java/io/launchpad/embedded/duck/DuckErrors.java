// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.Token;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// DuckDB's errors with SQL Server's numbers, places in the caller's text, and a hint for words of
/// T-SQL.
public final class DuckErrors {

  private static final Pattern LINE = Pattern.compile("\\R\\R?LINE (\\d+):");
  private static final Pattern STREAM =
      Pattern.compile("CDataJniException\\{errno=-?\\d+, message=(.*)}", Pattern.DOTALL);

  /// Every overload of a function, where one was not found.
  private static final Pattern CANDIDATES =
      Pattern.compile("\\R\\h*Candidate functions:\\R(\\h+.*\\R)+");

  /// What DuckDB says when it has lost the error of a streamed result.
  private static final String LOST = "Invalid result set";

  private record Mapping(Pattern pattern, EngineError error) {}

  private static final List<Mapping> MAPPINGS =
      List.of(
          map("Parser Error", EngineError.SYNTAX),
          map("Catalog Error: .* already exists", EngineError.ALREADY_EXISTS),
          map("Catalog Error: Table with name", EngineError.UNKNOWN_TABLE),
          map("Catalog Error: .*Function with name", EngineError.UNKNOWN_FUNCTION),
          map("Binder Error: Referenced column", EngineError.UNKNOWN_COLUMN),
          map("Binder Error: Table .* does not have a column", EngineError.UNKNOWN_COLUMN),
          map("Binder Error: Ambiguous reference to column", EngineError.AMBIGUOUS_COLUMN),
          map("Binder Error: Subquery returns \\d+ columns", EngineError.NOT_ONE_COLUMN),
          map("Binder Error: table .* has \\d+ columns but", EngineError.COLUMN_COUNT),
          map("Conversion Error: .*(out of range|overflow)", EngineError.OVERFLOW),
          map("Conversion Error", EngineError.MALFORMED),
          map("Out of Range Error", EngineError.OVERFLOW),
          map("Constraint Error: NOT NULL", EngineError.NULL_NOT_ALLOWED),
          map("Constraint Error: .*[Dd]uplicate key", EngineError.DUPLICATE_KEY),
          map("Constraint Error", EngineError.CONSTRAINT),
          map(
              "Invalid Input Error: More than one row returned by a subquery",
              EngineError.SUBQUERY_ROWS),
          map("Out of Memory Error", EngineError.OUT_OF_MEMORY),
          map("INTERRUPT", EngineError.CANCELLED));

  private DuckErrors() {}

  private static Mapping map(String beginning, EngineError error) {
    return new Mapping(Pattern.compile("^" + beginning, Pattern.DOTALL), error);
  }

  static boolean isLost(Throwable error) {
    return String.valueOf(error.getMessage()).contains(LOST);
  }

  /// The error of a statement that was written at a place.
  public static StatementFailure of(Throwable error, Token at, List<Token> tokens) {
    SqlError result = translate(error, tokens);
    Matcher line = LINE.matcher(result.message());
    boolean further = line.find() && line.group(1).length() < 9;
    int offset = further ? Integer.parseInt(line.group(1)) - 1 : 0;
    return new StatementFailure(result.at(at.line() + offset, offset == 0 ? at.column() : 0));
  }

  /// The error of the query that a call at a place was given as its input.
  public static StatementFailure ofInput(Throwable error, Token at, List<Token> tokens) {
    SqlError result = translate(error, tokens);
    String message = "In @input_data_1: " + result.message();
    return new StatementFailure(result.saying(message).at(at.line(), at.column()));
  }

  /// The error of a table that the result of a call at a place should go to; the query that found
  /// it out is ours and not shown.
  public static StatementFailure ofTarget(Throwable error, Token at) {
    SqlError result = translate(error, List.of());
    Matcher line = LINE.matcher(result.message());
    String message = line.find() ? result.message().substring(0, line.start()) : result.message();
    return new StatementFailure(result.saying(message.strip()).at(at.line(), at.column()));
  }

  private static SqlError translate(Throwable error, List<Token> tokens) {
    String message = message(error);
    EngineError meaning =
        MAPPINGS.stream()
            .filter(m -> m.pattern().matcher(message).find())
            .map(Mapping::error)
            .findFirst()
            .orElse(EngineError.ENGINE_ERROR);
    Optional<String> hint = Hints.of(tokens, message);
    String text = message + hint.map(h -> "\n" + h).orElse("");
    return SqlError.of(meaning, text).causedBy(error);
  }

  private static String message(Throwable error) {
    String message = String.valueOf(error.getMessage());
    Matcher stream = STREAM.matcher(message);
    String text = stream.find() ? stream.group(1) : message;
    return CANDIDATES.matcher(text).replaceFirst("\n").strip();
  }
}
