// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.duck.DuckRewriter;
import io.launchpad.embedded.duck.DuckSql;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.token.Lexer;
import io.launchpad.embedded.token.Token;
import java.util.List;

/// The text of `@input_data_1` or a further input: one SELECT in DuckDB's dialect, which may use
/// the parameters of `@params`.
final class InputQuery {

  private InputQuery() {}

  /// Whether it says "no input": nothing but spaces, comments and semicolons.
  static boolean isBlank(String text) {
    return Lexer.lex(text, Lexer.Brackets.MIXED).stream()
        .noneMatch(t -> t.isSignificant() && !t.isSymbol(";") && t.kind() != Token.Kind.END);
  }

  /// @param argument which input it is of
  /// @param parameters in scope of the query, by name without `@`
  static DuckSql parse(String argument, String text, List<BoundCall.BoundParameter> parameters) {
    try {
      var variables = new Variables();
      for (BoundCall.BoundParameter parameter : parameters) {
        variables.declare(parameter.at(), "@" + parameter.name(), parameter.value());
      }
      Fragment query = oneSelect(text);
      DuckSql sql = DuckRewriter.rewrite(query, variables);
      return new DuckSql(sql.text() + "\n", sql.parameters());
    } catch (StatementFailure e) {
      SqlError error = e.error();
      String place =
          error.line() == 0
              ? "In %s: ".formatted(argument)
              : "In %s, line %d: ".formatted(argument, error.line());
      throw new StatementFailure(error.saying(place + error.message()));
    }
  }

  private static Fragment oneSelect(String text) {
    List<Token> tokens = Lexer.lex(text, Lexer.Brackets.MIXED);
    int end = tokens.size() - 1;
    while (end > 0 && (!tokens.get(end - 1).isSignificant() || tokens.get(end - 1).isSymbol(";"))) {
      end--;
    }
    var query = new Fragment(tokens.subList(0, end));
    List<Token> significant = query.significant();
    Token first = significant.getFirst();
    boolean select =
        first.isWord("SELECT")
            || first.isWord("WITH")
            || first.isWord("FROM")
            || first.isWord("VALUES")
            || first.isSymbol("(");
    if (!select) {
      throw CallErrors.notASelect(first.text());
    }
    requireOnlySelect(significant);
    return query;
  }

  private static void requireOnlySelect(List<Token> tokens) {
    boolean with = tokens.getFirst().isWord("WITH");
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
      boolean changes = token.isWord("INSERT") || token.isWord("UPDATE") || token.isWord("DELETE");
      boolean calls = token.isWord("EXEC") || token.isWord("EXECUTE");
      if (token.isSymbol(";")
          || (depth == 0 && calls && i + 1 < tokens.size() && tokens.get(i + 1).isName())) {
        throw CallErrors.notASelect(i + 1 < tokens.size() ? tokens.get(i + 1).text() : ";");
      }
      if (depth == 0 && changes && with) {
        throw CallErrors.notASelect(token.text());
      }
      if (depth == 0 && token.isWord("INTO")) {
        throw CallErrors.selectInto();
      }
    }
  }
}
