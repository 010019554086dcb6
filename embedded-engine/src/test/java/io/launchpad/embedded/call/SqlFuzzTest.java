// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.launchpad.embedded.duck.DuckRewriter;
import io.launchpad.embedded.duck.DuckSql;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.Batch;
import io.launchpad.embedded.sql.BatchParser;
import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.sql.Statement;
import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.token.Lexer;
import io.launchpad.embedded.token.Lexer.Brackets;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Any text is cut up without losing a character and read as statements, or refused with an error
/// that has a number and a place inside the text.
class SqlFuzzTest {

  static Stream<Arguments> seeds() {
    return Stream.of(
            """
            DECLARE @n int = 3, @t nvarchar(max) = N'it''s', @d decimal(10, 2);
            SET @n += 2
            EXEC sp_execute_external_script @language = N'Python', @script = N'x = 1',
              @input_data_1 = N'SELECT TOP (5) [a b], x[1] FROM dbo.t WHERE a > @n -- c',
              @params = N'@n int, @o varbinary(max) OUTPUT', @n = @n, @o = @t OUTPUT
            WITH RESULT SETS ((a int NOT NULL, [b] datetime2(3)), (c varchar(10) NULL))
            GO 2
            """,
            "INSERT INTO t (a, [b]) EXECUTE @r = dbo.p 1, N'x', 0xAB, -1.5e3, DEFAULT, NULL",
            "SELECT DISTINCT TOP 10 PERCENT @a = sum(x), @b = [y] FROM t GROUP BY z",
            "BEGIN TRAN\nUPDATE t SET a = 1\nDELETE FROM t\nROLLBACK\nSET NOCOUNT ON\nPRINT 'x'",
            "CREATE TABLE #t (a datetimeoffset(7), b national character varying(3), c money)",
            "WITH q AS (SELECT 1) SELECT [1, 2], $$ ' $$, E'\\'', \"x\"\"y\" FROM q /* /* */ */",
            "@a int OUT, @b float(24) OUTPUT, @c AS nchar(3)",
            "select 1\ngo -- x\nselect {'a': [x for x in y]}, .5, a.*, @@version")
        .map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void lexer_losesNoCharacter(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    for (Brackets brackets : Brackets.values()) {
      refusedInside(text, () -> assertWhole(text, Lexer.lex(text, brackets)));
    }
  }

  private static void assertWhole(String text, List<Token> tokens) {
    assertEquals(text, tokens.stream().map(Token::text).collect(Collectors.joining()));
    int line = 1;
    for (Token token : tokens) {
      assertEquals(line, token.line(), token::toString);
      line += newlines(token.text());
    }
  }

  private static int newlines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parser_readsOrRefusesAnyText(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    refusedInside(text, () -> Batch.split(text).forEach(batch -> parse(text, batch)));
    refused(() -> SqlTypeParser.parse(text));
    refused(() -> ParameterDeclarations.parse(text));
  }

  private static void parse(String text, Batch batch) {
    assertTrue(text.contains(batch.text()));
    for (Statement statement : BatchParser.parse(batch)) {
      assertTrue(statement.at().end() <= batch.text().length());
      sqlOf(statement).ifPresent(sql -> refusedInside(text, () -> rewrite(sql)));
    }
  }

  private static Optional<Fragment> sqlOf(Statement statement) {
    return switch (statement) {
      case Statement.Sql sql -> Optional.of(sql.text());
      case Statement.SelectAssign select -> Optional.of(select.query());
      case Statement.SetVariable set -> Optional.of(set.expression());
      case Statement.Print print -> Optional.of(print.expression());
      case Statement.Declare declare -> declare.initial();
      case Statement.InsertExec insert -> Optional.of(insert.target());
      case Statement.Execute _, Statement.Transaction _, Statement.Ignored _ -> Optional.empty();
    };
  }

  /// Every variable that stands in the text is declared, or else nothing behind the first would be
  /// rewritten.
  private static void rewrite(Fragment sql) {
    var variables = new Variables();
    sql.tokens().stream()
        .filter(token -> token.kind() == Token.Kind.VARIABLE)
        .collect(
            Collectors.toMap(
                token -> token.text().toLowerCase(java.util.Locale.ROOT), t -> t, (a, _) -> a))
        .values()
        .forEach(name -> variables.declare(name, name.text(), new SqlValue(FixedType.INT, 5L)));
    DuckSql written = DuckRewriter.rewrite(sql, variables);
    assertEquals(written.parameters().size(), written.variables().size());
  }

  private static void refused(Runnable reading) {
    try {
      reading.run();
    } catch (StatementFailure e) {
      assertTrue(e.error().number() > 0, e.error()::message);
    }
  }

  private static void refusedInside(String text, Runnable reading) {
    try {
      reading.run();
    } catch (StatementFailure e) {
      assertTrue(e.error().number() > 0, e.error()::message);
      assertTrue(e.error().line() <= newlines(text) + 1, e.error()::toString);
    }
  }
}
