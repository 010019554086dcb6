// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.token.Keywords;
import io.launchpad.embedded.token.Lexer;
import io.launchpad.embedded.token.Lexer.Brackets;
import io.launchpad.embedded.token.SyntaxErrors;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.token.TokenCursor;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Cuts a batch into statements and reads those that are ours.
///
/// T-SQL needs no semicolons. A statement of ours ends where its grammar ends. A statement of
/// DuckDB's ends at a semicolon, before a call, declaration, assignment or PRINT, and before a line
/// that begins with a word that only a new statement can begin with at that place ([SqlExtent]).
public final class BatchParser {

  /// Session options of SQL Server scripts set out of habit.
  private static final Set<String> IGNORED_OPTIONS =
      Set.of(
          "NOCOUNT",
          "ANSI_NULLS",
          "ANSI_PADDING",
          "ANSI_WARNINGS",
          "ARITHABORT",
          "CONCAT_NULL_YIELDS_NULL",
          "QUOTED_IDENTIFIER",
          "XACT_ABORT");

  private final String text;
  private Token here;

  private BatchParser(Batch batch) {
    this.text = batch.text();
    this.here = new Token(Token.Kind.END, "", 0, batch.line(), 1);
  }

  public static List<Statement> parse(Batch batch) {
    return new BatchParser(batch).statements();
  }

  private List<Statement> statements() {
    var statements = new ArrayList<Statement>();
    while (true) {
      TokenCursor cursor = cursor(Brackets.MIXED);
      while (cursor.acceptSymbol(";")) {}
      here = cursor.peek();
      if (cursor.atEnd()) {
        return statements;
      }
      statement(statements);
    }
  }

  private TokenCursor cursor(Brackets brackets) {
    return cursor(brackets, here);
  }

  /// A cursor that begins at a token already seen.
  private TokenCursor cursor(Brackets brackets, Token at) {
    return new TokenCursor(new Lexer(text, brackets, at.start(), at.line(), at.column())::next);
  }

  private void statement(List<Statement> into) {
    TokenCursor ahead = cursor(Brackets.NAMES);
    Token first = ahead.peek();
    Token second = ahead.peek(1);
    boolean variable = second.kind() == Token.Kind.VARIABLE;
    if (first.isWord("EXEC") || first.isWord("EXECUTE")) {
      into.add(finish(ahead, ExecuteParser.parse(ahead)));
    } else if (first.isWord("INSERT")) {
      into.add(insert(ahead));
    } else if (first.isWord("DECLARE")) {
      declare(into);
    } else if (first.isWord("SET") && variable) {
      into.add(set());
    } else if (first.isWord("SET") && isIgnoredOption(second)) {
      into.add(ignoredOption(ahead));
    } else if (first.isWord("PRINT")) {
      ahead.next();
      into.add(new Statement.Print(first, expression(ahead.peek(), false)));
    } else if (first.isWord("SELECT") && assigns()) {
      into.add(selectAssign());
    } else if (isTransaction(first, second)) {
      into.add(transaction(ahead));
    } else if (isProcedural(first, second)) {
      throw StatementErrors.unsupportedStatement(first);
    } else {
      into.add(new Statement.Sql(first, sql()));
    }
  }

  private <S extends Statement> S finish(TokenCursor cursor, S statement) {
    here = cursor.peek();
    return statement;
  }

  private Statement insert(TokenCursor cursor) {
    Token insert = cursor.next();
    cursor.acceptWord("INTO");
    if (!cursor.peek().isName()) {
      return new Statement.Sql(insert, sql());
    }
    int from = cursor.index();
    do {
      cursor.next();
    } while (cursor.acceptSymbol(".") && cursor.peek().isName());
    var target = new Fragment(cursor.between(from, cursor.index()));
    List<String> columns = columns(cursor);
    if (!cursor.peek().isWord("EXEC") && !cursor.peek().isWord("EXECUTE")) {
      return new Statement.Sql(insert, sql());
    }
    return finish(
        cursor, new Statement.InsertExec(insert, target, columns, ExecuteParser.parse(cursor)));
  }

  /// The names in parentheses at the cursor; none when something else stands there.
  private static List<String> columns(TokenCursor cursor) {
    var columns = new ArrayList<String>();
    if (!cursor.acceptSymbol("(")) {
      return columns;
    }
    while (cursor.peek().isName()) {
      columns.add(cursor.next().value());
      if (!cursor.acceptSymbol(",")) {
        break;
      }
    }
    cursor.acceptSymbol(")");
    return columns;
  }

  private void declare(List<Statement> into) {
    TokenCursor cursor = cursor(Brackets.NAMES);
    cursor.next();
    while (true) {
      Token name = cursor.peek();
      if (name.kind() != Token.Kind.VARIABLE) {
        throw SyntaxErrors.syntax(name, "a variable is expected here, such as @count");
      }
      cursor.next();
      cursor.acceptWord("AS");
      SqlType type = SqlTypeParser.parse(cursor);
      if (type instanceof ForeignType foreign) {
        throw StatementErrors.variableType(name, foreign);
      }
      Optional<Fragment> initial = Optional.empty();
      if (cursor.acceptSymbol("=")) {
        initial = Optional.of(expression(cursor.peek(), true));
        cursor = cursor(Brackets.NAMES);
      }
      into.add(new Statement.Declare(name, name.text(), type, initial));
      here = cursor.peek();
      if (!cursor.acceptSymbol(",")) {
        return;
      }
    }
  }

  private Statement set() {
    TokenCursor cursor = cursor(Brackets.NAMES);
    Token set = cursor.next();
    Token name = cursor.next();
    Token operator = cursor.peek();
    boolean compound =
        operator.kind() == Token.Kind.SYMBOL
            && "+-*/%&|^".contains(operator.text())
            && cursor.peek(1).isSymbol("=");
    if (compound) {
      cursor.next();
    }
    cursor.expectSymbol("=");
    Fragment expression = expression(cursor.peek(), false);
    return new Statement.SetVariable(
        set, name.text(), compound ? compound(name, operator, expression) : expression);
  }

  /// `@x += e` as `@x + (e)`.
  private static Fragment compound(Token name, Token operator, Fragment expression) {
    var tokens = new ArrayList<Token>();
    tokens.add(name);
    tokens.add(operator);
    tokens.add(symbol("(", operator));
    tokens.addAll(expression.tokens());
    tokens.add(symbol("\n)", operator));
    return new Fragment(tokens);
  }

  private static Token symbol(String text, Token at) {
    return new Token(Token.Kind.SYMBOL, text, at.start(), at.line(), at.column());
  }

  /// The expression that begins at a token; leaves `here` at what follows it.
  private Fragment expression(Token start, boolean endsAtComma) {
    TokenCursor cursor = cursor(Brackets.MIXED, start);
    int depth = 0;
    int end = cursor.index();
    while (!cursor.atEnd()) {
      Token token = cursor.peek();
      if (depth == 0
          && (token.isSymbol(";")
              || (endsAtComma && token.isSymbol(","))
              || Keywords.endsExpression(token))) {
        break;
      }
      depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
      end = cursor.index() + 1;
      cursor.next();
    }
    here = cursor.peek();
    var fragment = new Fragment(cursor.between(0, end));
    if (fragment.significant().isEmpty()) {
      throw SyntaxErrors.syntax(here, "an expression is expected here");
    }
    return fragment;
  }

  private static boolean isIgnoredOption(Token option) {
    return option.kind() == Token.Kind.WORD
        && IGNORED_OPTIONS.contains(option.text().toUpperCase(Locale.ROOT));
  }

  private Statement ignoredOption(TokenCursor cursor) {
    Token set = cursor.next();
    do {
      cursor.next();
    } while (cursor.acceptSymbol(",") && isIgnoredOption(cursor.peek()));
    if (!cursor.acceptWord("ON") && !cursor.acceptWord("OFF")) {
      throw SyntaxErrors.syntax(cursor.peek(), "ON or OFF is expected here");
    }
    return finish(cursor, new Statement.Ignored(set));
  }

  private boolean assigns() {
    return SelectAssignParser.assigns(cursor(Brackets.MIXED));
  }

  private Statement selectAssign() {
    Token select = here;
    return SelectAssignParser.parse(select, sql());
  }

  private static boolean isTransaction(Token first, Token second) {
    boolean verb = first.isWord("BEGIN") || first.isWord("COMMIT") || first.isWord("ROLLBACK");
    return verb
        && (second.isWord("TRAN")
            || second.isWord("TRANSACTION")
            || second.isWord("WORK")
            || second.isSymbol(";")
            || second.kind() == Token.Kind.END
            || (!first.isWord("BEGIN") && Keywords.startsStatement(second)));
  }

  private Statement transaction(TokenCursor cursor) {
    Token verb = cursor.next();
    boolean named =
        (cursor.acceptWord("TRAN") || cursor.acceptWord("TRANSACTION"))
            && cursor.peek().kind() == Token.Kind.WORD
            && !Keywords.startsStatement(cursor.peek());
    if (named) {
      cursor.next();
    }
    cursor.acceptWord("WORK");
    return finish(cursor, new Statement.Transaction(verb, verb.text().toUpperCase(Locale.ROOT)));
  }

  private static boolean isProcedural(Token first, Token second) {
    boolean create = first.isWord("CREATE") || first.isWord("ALTER");
    boolean module =
        second.isWord("PROCEDURE") || second.isWord("PROC") || second.isWord("TRIGGER");
    return Keywords.isProcedural(first) || first.isWord("BEGIN") || (create && module);
  }

  private Fragment sql() {
    TokenCursor cursor = cursor(Brackets.MIXED);
    int end = SqlExtent.end(cursor);
    here = cursor.peek();
    return new Fragment(cursor.between(0, end));
  }
}
