// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.token.Token;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock")
class BatchTest {

  private static List<String> texts(String sql) {
    return Batch.split(sql).stream().map(b -> b.text().strip()).toList();
  }

  /// Each statement as its kind, and its text when it is DuckDB's.
  private static List<String> statements(String sql) {
    return BatchParser.parse(new Batch(sql, 1, 1)).stream().map(BatchTest::shown).toList();
  }

  private static String shown(Statement statement) {
    return switch (statement) {
      case Statement.Sql(Token _, Fragment text) -> text(text);
      case Statement.Execute execute -> "EXEC " + execute.procedure();
      case Statement.InsertExec insert -> "INSERT-EXEC " + text(insert.target()) + insert.columns();
      case Statement.Declare declare ->
          "DECLARE "
              + declare.name()
              + " "
              + declare.type()
              + declare.initial().map(f -> " = " + text(f)).orElse("");
      case Statement.SetVariable set -> "SET " + set.name() + " = " + text(set.expression());
      case Statement.SelectAssign select -> "ASSIGN " + select.names() + " " + text(select.query());
      case Statement.Print print -> "PRINT " + text(print.expression());
      case Statement.Transaction transaction -> transaction.sql();
      case Statement.Ignored _ -> "IGNORED";
    };
  }

  private static String text(Fragment fragment) {
    return fragment.tokens().stream().map(Token::text).collect(Collectors.joining()).strip();
  }

  @Test
  void split_cutsAtGoLinesOnly() {
    assertEquals(
        List.of("select 1", "select 2", ""), texts("select 1\nGO\nselect 2\n  go  -- x\n"));
    assertEquals(List.of("select 'a\nGO\nb'"), texts("select 'a\nGO\nb'"));
    assertEquals(List.of("/*\nGO\n*/ select 1"), texts("/*\nGO\n*/ select 1"));
    assertEquals(List.of("select 1 go\nselect go from t"), texts("select 1 go\nselect go from t"));
  }

  @Test
  void split_readsAnyNumberOfCommentsInARow() {
    String comments = "/**/".repeat(200_000);
    assertEquals(List.of("select 1", comments), texts("select 1\n" + "GO\n" + comments));
    assertEquals(List.of("GO"), statements(comments + "GO"));
  }

  @Test
  void split_repeatsAndKeepsLines() {
    List<Batch> batches = Batch.split("select 1\nGO 3\n\nselect 2");
    assertEquals(3, batches.getFirst().repeat());
    Statement second = BatchParser.parse(batches.getLast()).getFirst();
    assertEquals(4, second.at().line());
  }

  @Test
  void parse_endsStatementsOfOursWhereTheirGrammarEnds() {
    assertEquals(
        List.of(
            "DECLARE @a int = 1 + (2)",
            "DECLARE @b nvarchar(max)",
            "SET @a = @a * 2",
            "PRINT 'x'",
            "EXEC sp_x",
            "select 1",
            "EXEC sp_y"),
        statements(
            "declare @a int = 1 + (2), @b nvarchar(max) set @a = @a * 2 print 'x' exec sp_x 1, @b ="
                + " N'select' select 1 exec sp_y"));
  }

  @Test
  void parse_readsCompoundAssignments() {
    assertEquals(List.of("SET @a = @a+(2\n)"), statements("set @a += 2"));
  }

  @Test
  void parse_endsSqlBeforeALineThatBeginsAnother() {
    assertEquals(
        List.of(
            "select 1",
            "insert into t values (1)",
            "update t set a = 1",
            "delete from t",
            "drop table t"),
        statements(
            "select 1\ninsert into t values (1)\nupdate t set a = 1\ndelete from t\ndrop table t"));
    assertEquals(
        List.of("create table t (a int)", "select * from t"),
        statements("create table t (a int)\nselect * from t"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into t\nselect 1",
        "insert into t (a)\nselect 1",
        "with c as (\nselect 1)\nselect * from c",
        "with c as (select 1)\ninsert into t\nselect * from c",
        "select 1\nunion all\nselect 2",
        "create table t as\nselect 1",
        "update t\nset a = 1",
        "insert into t values (1) on conflict do\nupdate\nset a = 1",
        "alter table t\ndrop column a",
        "explain\nselect 1",
        "select a,\n'select' from t",
        "merge into t using s on (a = b) when matched then\n"
            + "update set a = 1 when not matched then\n"
            + "insert values (1)",
        "create table t (a int references s on\ndelete cascade)",
        "select *\nfrom (\nselect 1)",
        "select '\nselect 1\n'",
        "from t\nselect a"
      })
  void parse_keepsOneStatementWhole(String sql) {
    assertEquals(List.of(sql), statements(sql));
  }

  @Test
  void parse_readsInsertExec() {
    assertEquals(
        List.of("INSERT-EXEC dbo.[t x][a, b c]", "INSERT-EXEC t[]", "insert t (a) values (1)"),
        statements(
            "insert into dbo.[t x] (a, [b c]) exec p 1; insert t exec p; insert t (a) values (1)"));
  }

  @Test
  void parse_readsSelectAssign() {
    assertEquals(
        List.of("ASSIGN [@a, @b] select f(1, 2), x  from t where @c = 1", "select @a"),
        statements("select @a = f(1, 2), @b = x  from t where @c = 1; select @a"));
    var failure = assertThrows(StatementFailure.class, () -> statements("select @a = 1, b from t"));
    assertEquals(141, failure.error().number());
  }

  @Test
  void parse_readsTransactionsAndIgnoresOptions() {
    assertEquals(
        List.of("BEGIN", "COMMIT", "BEGIN", "ROLLBACK", "IGNORED", "IGNORED", "SET threads = 2"),
        statements(
            "begin tran commit transaction; begin tran x\n"
                + "rollback\n"
                + "set nocount on set xact_abort, ansi_nulls off; SET threads = 2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "if 1 = 1 select 1 | 40510 | 1",
        "begin select 1 end | 40510 | 1",
        "create procedure p as select 1 | 40510 | 1",
        "declare a int | 102 | 9",
        "declare @a nosuch | 2715 | 12",
        "declare @a text | 2739 | 9",
        "exec p @a + 1 | 102 | 11",
        "exec p 1 output | 179 | 8",
        "exec ('select 1') | 102 | 6",
        "exec p with result sets ((a int | 102 | 32",
        "exec p with result sets ((a image)) | 39017 | 27",
        "set @a = | 102 | 9",
        "declare @a varchar(9000) | 1007 | 12"
      })
  void parse_failsWithNumberAndPlace(String sql, int number, int column) {
    var failure = assertThrows(StatementFailure.class, () -> statements(sql));
    assertEquals(
        number + " at " + column, failure.error().number() + " at " + failure.error().column());
  }

  @Test
  void parse_readsAllOfExecute() {
    var execute =
        (Statement.Execute)
            BatchParser.parse(
                    new Batch(
                        """
                        EXECUTE @r = [master]..sp_x N'a''b', @p = -1.5, @q = @v OUT, @d = default, @n = NULL, @b = 0xAB
                        with recompile, result sets (([a b] nvarchar(10) collate X not null, "c" float null, [0] int))\
                        """,
                        1,
                        1))
                .getFirst();
    assertEquals("sp_x", execute.procedure());
    assertEquals("@r", execute.returned().orElseThrow());
    assertEquals(6, execute.arguments().size());
    assertEquals(true, execute.arguments().get(2).output());
    var sets = (Statement.ResultSets.Declared) execute.resultSets();
    assertEquals(
        "[ResultColumn[name=a b, type=nvarchar(10), nullable=false, collation=Optional[X]],"
            + " ResultColumn[name=c, type=float, nullable=true, collation=Optional.empty],"
            + " ResultColumn[name=0, type=int, nullable=true, collation=Optional.empty]]",
        sets.sets().getFirst().toString());
  }
}
