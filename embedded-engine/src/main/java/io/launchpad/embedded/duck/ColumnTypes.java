// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the type names of SQL Server in `CREATE TABLE t (…)` and `ALTER TABLE t ADD …` and what
/// DuckDB calls them.
///
/// A name SQL Server does not have is DuckDB's and stays.
final class ColumnTypes {

  /// @param end the index of the token after the type
  record Replacement(String text, int end) {}

  /// What begins an element of a table that is no column.
  private static final Set<String> CONSTRAINTS =
      Set.of("constraint", "primary", "unique", "foreign", "check", "like");

  private final Map<Integer, Replacement> replacements = new HashMap<>();
  private final List<Token> tokens;
  private final TokenCursor cursor;

  private ColumnTypes(List<Token> tokens) {
    this.tokens = tokens;
    this.cursor = TokenCursor.over(tokens, new Token(Token.Kind.END, "", 0, 0, 0));
  }

  static ColumnTypes in(List<Token> tokens) {
    var found = new ColumnTypes(tokens);
    found.find();
    return found;
  }

  Optional<Replacement> at(int index) {
    return Optional.ofNullable(replacements.get(index));
  }

  private void find() {
    if (cursor.acceptWord("CREATE")) {
      if (cursor.acceptWord("OR")) {
        cursor.acceptWord("REPLACE");
      }
      while (cursor.acceptWord("TEMP")
          || cursor.acceptWord("TEMPORARY")
          || cursor.acceptWord("LOCAL")) {}
      if (cursor.acceptWord("TABLE")) {
        skipExists();
        skipName();
        columns();
      }
    } else if (cursor.acceptWord("ALTER") && cursor.acceptWord("TABLE")) {
      skipExists();
      skipName();
      if (cursor.acceptWord("ADD")) {
        cursor.acceptWord("COLUMN");
        skipExists();
        column();
      } else if (cursor.acceptWord("ALTER")) {
        cursor.acceptWord("COLUMN");
        skipName();
        if (cursor.acceptWord("SET")) {
          cursor.acceptWord("DATA");
        }
        if (cursor.acceptWord("TYPE")) {
          type();
        }
      }
    }
  }

  private void skipExists() {
    if (cursor.acceptWord("IF")) {
      cursor.acceptWord("NOT");
      cursor.acceptWord("EXISTS");
    }
  }

  private void skipName() {
    if (!cursor.peek().isName()) {
      return;
    }
    do {
      cursor.next();
    } while (cursor.acceptSymbol(".") && cursor.peek().isName());
  }

  private void columns() {
    if (!cursor.acceptSymbol("(")) {
      return;
    }
    int depth = 1;
    boolean element = true;
    while (depth > 0 && !cursor.atEnd()) {
      if (element) {
        column();
        element = false;
      } else {
        Token token = cursor.next();
        depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
        element = depth == 1 && token.isSymbol(",");
      }
    }
  }

  /// A column's name and type at the cursor, if they stand there.
  private void column() {
    Token name = cursor.peek();
    boolean constraint =
        name.kind() == Token.Kind.WORD && CONSTRAINTS.stream().anyMatch(name::isWord);
    if (name.isName() && !constraint) {
      cursor.next();
      type();
    }
  }

  private void type() {
    int start = cursor.index();
    if (start < tokens.size()) {
      SqlTypeParser.tryParse(cursor)
          .ifPresent(type -> {
            int end = lastSignificant(Math.min(cursor.index(), tokens.size())) + 1;
            replacements.put(start, new Replacement(DuckTypes.name(type), end));
          });
    }
  }

  private int lastSignificant(int before) {
    int at = before - 1;
    while (!tokens.get(at).isSignificant()) {
      at--;
    }
    return at;
  }
}
