// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.sql.Statement.Argument;
import io.launchpad.embedded.sql.Statement.ResultColumn;
import io.launchpad.embedded.sql.Statement.ResultSets;
import io.launchpad.embedded.sql.Statement.Value;
import io.launchpad.embedded.token.SyntaxErrors;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads `EXEC[UTE] [@v =] [schema.]procedure [[@p =] value [OUT[PUT]], …] [WITH …]`.
final class ExecuteParser {

  private final TokenCursor cursor;

  private ExecuteParser(TokenCursor cursor) {
    this.cursor = cursor;
  }

  static Statement.Execute parse(TokenCursor cursor) {
    return new ExecuteParser(cursor).execute();
  }

  private Statement.Execute execute() {
    Token at = cursor.next();
    Optional<String> returned = Optional.empty();
    if (cursor.peek().kind() == Token.Kind.VARIABLE && cursor.peek(1).isSymbol("=")) {
      returned = Optional.of(cursor.next().text());
      cursor.next();
    }
    if (cursor.peek().isSymbol("(")) {
      throw SyntaxErrors.syntax(
          cursor.peek(), "EXEC of a text is not supported: write the statement itself");
    }
    String procedure = procedure();
    List<Argument> arguments = arguments();
    ResultSets resultSets = new ResultSets.Undefined();
    if (cursor.peek().isWord("WITH")
        && (cursor.peek(1).isWord("RESULT") || cursor.peek(1).isWord("RECOMPILE"))) {
      cursor.next();
      resultSets = options();
    }
    return new Statement.Execute(at, returned, procedure, arguments, resultSets);
  }

  /// The last part of a name such as `sp_x`, `dbo.sp_x` or `master..sp_x`.
  private String procedure() {
    Token name = cursor.expectName("the name of a procedure");
    while (cursor.acceptSymbol(".")) {
      while (cursor.acceptSymbol(".")) {}
      name = cursor.expectName("the name of a procedure");
    }
    return name.value();
  }

  private List<Argument> arguments() {
    var arguments = new ArrayList<Argument>();
    if (!beginsArgument(cursor.peek())) {
      return arguments;
    }
    do {
      arguments.add(argument());
    } while (cursor.acceptSymbol(","));
    return arguments;
  }

  private static boolean beginsArgument(Token token) {
    return switch (token.kind()) {
      case VARIABLE, STRING, NATIONAL_STRING, NUMBER, BINARY -> true;
      case SYMBOL -> token.text().equals("-") || token.text().equals("+");
      case WORD -> token.isWord("NULL") || token.isWord("DEFAULT");
      case QUOTED_NAME, BRACKET_NAME, FOREIGN_STRING, SYSTEM_VARIABLE, COMMENT, SPACE, END -> false;
    };
  }

  private Argument argument() {
    Token at = cursor.peek();
    String name = null;
    if (at.kind() == Token.Kind.VARIABLE && cursor.peek(1).isSymbol("=")) {
      name = cursor.next().text();
      cursor.next();
    }
    Value value = value();
    boolean output = cursor.acceptWord("OUTPUT") || cursor.acceptWord("OUT");
    if (output && !(value instanceof Value.Variable)) {
      throw StatementErrors.outputOfConstant(at);
    }
    Token after = cursor.peek();
    if (after.kind() == Token.Kind.SYMBOL && "+-*/%|&^(".contains(after.text())) {
      throw SyntaxErrors.syntax(
          after,
          "an argument is a constant or a variable, no expression: assign it to a variable first");
    }
    return new Argument(at, name, value, output);
  }

  private Value value() {
    Token token = cursor.peek();
    if (token.kind() == Token.Kind.VARIABLE) {
      return new Value.Variable(cursor.next().text());
    }
    if (cursor.acceptWord("DEFAULT")) {
      return new Value.Default();
    }
    boolean sign = token.isSymbol("-") || token.isSymbol("+");
    List<Token> constant = new ArrayList<>(List.of(cursor.next()));
    if (sign) {
      constant.add(cursor.next());
    }
    return new Value.Literal(
        Literals.constant(constant)
            .orElseThrow(
                () -> SyntaxErrors.syntax(token, "a constant or a variable is expected here")));
  }

  private ResultSets options() {
    ResultSets resultSets = new ResultSets.Undefined();
    do {
      if (!cursor.acceptWord("RECOMPILE")) {
        cursor.expectWord("RESULT");
        cursor.expectWord("SETS");
        resultSets = resultSets();
      }
    } while (cursor.acceptSymbol(","));
    return resultSets;
  }

  private ResultSets resultSets() {
    if (cursor.acceptWord("UNDEFINED")) {
      return new ResultSets.Undefined();
    }
    if (cursor.acceptWord("NONE")) {
      return new ResultSets.None();
    }
    cursor.expectSymbol("(");
    var sets = new ArrayList<List<ResultColumn>>();
    do {
      if (cursor.peek().isWord("AS")) {
        throw SyntaxErrors.syntax(
            cursor.peek(), "AS OBJECT, TYPE and FOR XML are not supported: list the columns");
      }
      sets.add(resultSet());
    } while (cursor.acceptSymbol(","));
    cursor.expectSymbol(")");
    return new ResultSets.Declared(List.copyOf(sets));
  }

  private List<ResultColumn> resultSet() {
    cursor.expectSymbol("(");
    var columns = new ArrayList<ResultColumn>();
    do {
      columns.add(resultColumn());
    } while (cursor.acceptSymbol(","));
    cursor.expectSymbol(")");
    return List.copyOf(columns);
  }

  private ResultColumn resultColumn() {
    Token name = cursor.expectName("the name of a column");
    SqlType type = SqlTypeParser.parse(cursor);
    if (type instanceof ForeignType foreign) {
      throw StatementErrors.resultType(name, foreign);
    }
    Optional<String> collation =
        cursor.acceptWord("COLLATE")
            ? Optional.of(cursor.expectName("the name of a collation").value())
            : Optional.empty();
    boolean nullable = true;
    if (cursor.acceptWord("NOT")) {
      cursor.expectWord("NULL");
      nullable = false;
    } else {
      cursor.acceptWord("NULL");
    }
    return new ResultColumn(name.value(), type, nullable, collation);
  }
}
