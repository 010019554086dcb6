// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.token.SyntaxErrors;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/// The text of `@params`: `@a int, @b varbinary(max) OUTPUT`.
final class ParameterDeclarations {

  /// @param name with its `@`, in the declared spelling
  record Declaration(String name, SqlType type, boolean output) {}

  private ParameterDeclarations() {}

  static List<Declaration> parse(String text) {
    try {
      return parse(new TokenCursor(text));
    } catch (StatementFailure e) {
      SqlError error = e.error();
      String place = error.column() == 0 ? "" : ", character " + error.column();
      String message = "In @params%s: %s".formatted(place, error.message());
      throw new StatementFailure(error.saying(message));
    }
  }

  private static List<Declaration> parse(TokenCursor cursor) {
    var declarations = new ArrayList<Declaration>();
    if (cursor.atEnd()) {
      return declarations;
    }
    var names = new HashSet<String>();
    do {
      Declaration declaration = declaration(cursor);
      String name = declaration.name();
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        throw CallErrors.nameDuplicate(name);
      }
      declarations.add(declaration);
    } while (cursor.acceptSymbol(","));
    if (!cursor.atEnd()) {
      throw SyntaxErrors.syntax(cursor.peek(), "a comma or the end is expected here");
    }
    return declarations;
  }

  private static Declaration declaration(TokenCursor cursor) {
    Token name = cursor.next();
    if (name.kind() != Token.Kind.VARIABLE) {
      throw SyntaxErrors.syntax(name, "a parameter is expected here, such as @count int");
    }
    cursor.acceptWord("AS");
    SqlType type = SqlTypeParser.parse(cursor);
    if (type instanceof ForeignType) {
      throw CallErrors.parameterType(name.text(), type);
    }
    boolean output = cursor.acceptWord("OUTPUT") || cursor.acceptWord("OUT");
    if (name.text().equalsIgnoreCase(CallBinder.ROWS_PER_READ) && type != FixedType.INT) {
      throw CallErrors.nameReserved(name.text());
    }
    return new Declaration(name.text(), type, output);
  }
}
