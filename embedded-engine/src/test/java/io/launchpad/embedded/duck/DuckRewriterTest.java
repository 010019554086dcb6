// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.token.Lexer;
import io.launchpad.embedded.token.Lexer.Brackets;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuckRewriterTest {

  private static DuckSql rewrite(String sql) {
    List<Token> tokens = Lexer.lex(sql, Brackets.MIXED);
    var variables = new Variables();
    Token at = tokens.getFirst();
    variables.declare(at, "@a", new SqlValue(FixedType.INT, 5L));
    variables.declare(at, "@Money", new SqlValue(FixedType.MONEY, java.math.BigDecimal.ONE));
    return DuckRewriter.rewrite(new Fragment(tokens.subList(0, tokens.size() - 1)), variables);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select @a, @MONEY, @A | select CAST($1 AS INTEGER), CAST($2 AS DECIMAL(19,4)), CAST($1 AS"
            + " INTEGER)",
        "select N'é''x' as [a b], [c]]d] | select 'é''x' as \"a b\", \"c]d\"",
        "select [say \"hi\"] | select \"say \"\"hi\"\"\"",
        "select 0xABC, 0x | select unhex('0ABC'), unhex('')",
        "select * from dbo.t, [dbo].[t], x.dbo.t, DBO . t | select * from t, \"t\", x.main.t, t",
        "select dbo from t | select dbo from t",
        "select top 3 a from t order by a -- x | select a from t order by a LIMIT 3 -- x",
        "select distinct top (@a) a from (select top 1 * from t) s | select distinct a from (select"
            + " * from t LIMIT 1) s LIMIT (CAST($1 AS INTEGER))",
        "select top 10 percent a from t | select a from t LIMIT 10%",
        "select top(x) from t | select from t LIMIT (x)",
        "create table dbo.t ([a] [int] not null, b nvarchar(max), c float primary key, d hugeint, e"
            + " varchar[], constraint x check (b > 1)) | create table t (\"a\" INTEGER not null, b"
            + " VARCHAR, c DOUBLE primary key, d hugeint, e VARCHAR[], constraint x check (b > 1))",
        "create table if not exists s.t (a datetime2(3), b tinyint default (1), c bit) | create"
            + " table if not exists s.t (a TIMESTAMP, b UTINYINT default (1), c BOOLEAN)",
        "create table #t (a money) | create TEMP table \"#t\" (a DECIMAL(19,4))",
        "create table t as select cast(1 as float) | create table t as select cast(1 as float)",
        "alter table t add b uniqueidentifier | alter table t add b UUID",
        "alter table t alter column b type real | alter table t alter column b type FLOAT",
        "select x[1], [1, 2], {'a': [1]} | select x[1], [1, 2], {'a': [1]}",
        "select E'\\'@a', $$ @a [x] $$ | select E'\\'@a', $$ @a [x] $$"
      })
  void rewrite_givesDuckDbsDialect(String sql, String expected) {
    assertEquals(expected, rewrite(sql).text());
  }

  @Test
  void rewrite_neverTouchesStringsAndComments() {
    List<String> inert =
        List.of(
            "'@a [b] N''x'' 0xAB dbo.t top 3'",
            "/* @nosuch [x] dbo.t */",
            "-- @nosuch N'x' dbo.\n",
            "\"@a [b] dbo.\"",
            "E'@a \\' [x]'",
            "$q$ @a ' dbo. $q$",
            " ",
            "x",
            "1",
            ",");
    for (int seed = 0; seed < 2_000; seed++) {
      var random = new Random(seed);
      var sql = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        sql.append(inert.get(random.nextInt(inert.size()))).append(' ');
      }
      assertEquals(sql.toString(), rewrite(sql.toString()).text(), "seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select @nosuch | 137",
        "select @@version | 137",
        "select ? | 102",
        "select $1 | 102",
        "select top 1 a from t union select 2 | 102",
        "select top 1 with ties a from t | 102"
      })
  void rewrite_failsWhereTheMeaningWouldChange(String sql, int number) {
    var failure = assertThrows(StatementFailure.class, () -> rewrite(sql));
    assertEquals(number, failure.error().number());
  }
}
