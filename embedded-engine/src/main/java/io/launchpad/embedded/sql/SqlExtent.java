// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.token.Keywords;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import java.util.Locale;

/// Finds where a statement of DuckDB's ends in text without semicolons.
final class SqlExtent {

  private final TokenCursor cursor;
  private final String first;
  private Token previous;
  private boolean queried;
  private boolean updating;
  private boolean altered;

  private SqlExtent(TokenCursor cursor) {
    this.cursor = cursor;
    this.previous = cursor.peek();
    this.first = previous.text().toUpperCase(Locale.ROOT);
    this.queried = first.equals("SELECT");
  }

  /// Moves the cursor to the first token after the statement and gives the index after its last
  /// significant token.
  static int end(TokenCursor cursor) {
    return new SqlExtent(cursor).find();
  }

  private int find() {
    int depth = 0;
    int end = cursor.index() + 1;
    cursor.next();
    while (!cursor.atEnd()) {
      Token token = cursor.peek();
      if (token.isSymbol(";") || (depth == 0 && begins(token))) {
        break;
      }
      if (depth == 0) {
        note(token);
      }
      if (token.isSymbol("(") || token.isSymbol("[") || token.isSymbol("{")) {
        depth++;
      } else if (token.isSymbol(")") || token.isSymbol("]") || token.isSymbol("}")) {
        depth--;
      }
      previous = token;
      end = cursor.index() + 1;
      cursor.next();
    }
    return end;
  }

  private boolean begins(Token token) {
    if (token.kind() != Token.Kind.WORD) {
      return false;
    }
    Token after = cursor.peek(1);
    boolean variable = after.kind() == Token.Kind.VARIABLE;
    if (((token.isWord("DECLARE") || token.isWord("SET")) && variable)
        || ((token.isWord("EXEC") || token.isWord("EXECUTE")) && after.isName())
        || (token.isWord("PRINT") && (variable || after.isString()))) {
      return true;
    }
    boolean anywhere = Keywords.startsStatement(token, after);
    return (anywhere || cursor.beginsLine())
        && Keywords.startsStatement(token)
        && !Keywords.continues(previous)
        && !goesOn(token);
  }

  /// Whether a statement like this one has a clause that begins with the word, still to come.
  private boolean goesOn(Token token) {
    boolean query =
        token.isWord("SELECT")
            || token.isWord("INSERT")
            || token.isWord("UPDATE")
            || token.isWord("DELETE")
            || token.isWord("MERGE");
    if (query) {
      boolean select = token.isWord("SELECT");
      boolean mayFollow =
          first.equals("WITH") || (select && (first.equals("INSERT") || first.equals("FROM")));
      return mayFollow && !queried;
    }
    if (token.isWord("SET")) {
      return first.equals("UPDATE") || first.equals("ALTER") || first.equals("MERGE") || updating;
    }
    if (token.isWord("DROP") || token.isWord("ALTER")) {
      return first.equals("ALTER") && !altered;
    }
    return false;
  }

  private void note(Token token) {
    queried |=
        token.isWord("SELECT")
            || token.isWord("VALUES")
            || token.isWord("UPDATE")
            || token.isWord("DELETE");
    updating |= token.isWord("UPDATE");
    altered |=
        token.isWord("DROP")
            || token.isWord("ADD")
            || token.isWord("ALTER")
            || token.isWord("RENAME");
  }
}
