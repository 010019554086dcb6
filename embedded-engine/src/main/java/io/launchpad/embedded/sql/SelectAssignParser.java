// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import java.util.ArrayList;
import java.util.List;

/// Takes the assignments out of `SELECT @a = x, @b = y FROM …`.
final class SelectAssignParser {

  private SelectAssignParser() {}

  /// Whether the SELECT at the cursor assigns its first column to a variable.
  static boolean assigns(TokenCursor cursor) {
    cursor.next();
    skipModifiers(cursor);
    return cursor.peek().kind() == Token.Kind.VARIABLE && cursor.peek(1).isSymbol("=");
  }

  /// @param select the whole statement; every column must be an assignment, else error 141
  static Statement parse(Token at, Fragment select) {
    List<Token> tokens = select.tokens();
    TokenCursor cursor = TokenCursor.over(tokens, end(tokens));
    cursor.next();
    skipModifiers(cursor);
    var names = new ArrayList<String>();
    var query = new ArrayList<Token>(tokens.subList(0, cursor.index()));
    boolean assigning = true;
    while (assigning) {
      Token name = cursor.next();
      if (name.kind() != Token.Kind.VARIABLE || !cursor.acceptSymbol("=")) {
        throw StatementErrors.mixedAssignment(name);
      }
      names.add(name.text());
      int from = cursor.index();
      assigning = skipColumn(cursor);
      query.addAll(cursor.between(from, cursor.index()));
    }
    query.addAll(tokens.subList(cursor.index(), tokens.size()));
    return new Statement.SelectAssign(at, names, new Fragment(query));
  }

  private static void skipModifiers(TokenCursor cursor) {
    while (cursor.acceptWord("ALL") || cursor.acceptWord("DISTINCT")) {}
    if (!cursor.acceptWord("TOP")) {
      return;
    }
    if (!cursor.acceptSymbol("(")) {
      cursor.next();
      return;
    }
    for (int depth = 1; depth > 0 && !cursor.atEnd(); ) {
      Token token = cursor.next();
      depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
    }
  }

  /// Moves behind a column and the comma after it; false when it was the last.
  private static boolean skipColumn(TokenCursor cursor) {
    int depth = 0;
    while (!cursor.atEnd()) {
      Token token = cursor.peek();
      if (depth == 0 && endsColumns(token)) {
        return false;
      }
      cursor.next();
      if (depth == 0 && token.isSymbol(",")) {
        return true;
      }
      boolean opens = token.isSymbol("(") || token.isSymbol("[") || token.isSymbol("{");
      boolean closes = token.isSymbol(")") || token.isSymbol("]") || token.isSymbol("}");
      depth += opens ? 1 : closes ? -1 : 0;
    }
    return false;
  }

  private static boolean endsColumns(Token token) {
    return token.isWord("FROM")
        || token.isWord("WHERE")
        || token.isWord("ORDER")
        || token.isWord("GROUP")
        || token.isWord("LIMIT")
        || token.isWord("UNION");
  }

  private static Token end(List<Token> tokens) {
    Token last = tokens.getLast();
    return new Token(Token.Kind.END, "", last.end(), last.line(), last.column());
  }
}
