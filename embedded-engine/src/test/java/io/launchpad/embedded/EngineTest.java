// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements that run no script.
class EngineTest {

  private final EngineFixture fixture = new EngineFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void select_labelsVariablesByTheirNames() {
    Recorder recorder =
        fixture.run("declare @Ab decimal(5,2) = 1, @u uniqueidentifier select @Ab, @u, @ab + 1");
    assertEquals(List.of("@ab", "@u", "(@ab + 1)"), recorder.results.getLast().names());
  }

  @Test
  void unknownOverload_leavesTheListOfCandidatesAway() {
    String message = fixture.fail("select 'a' + cast(1 as varchar)").message();
    assertFalse(message.contains("Candidate"), message);
    assertTrue(message.contains("LINE 1") && message.contains("Hint"), message);
  }

  @Test
  void execute_runsStatementsAndGivesResultsAndCounts() {
    Recorder recorder =
        fixture.run(
            "create table dbo.t (id int, name nvarchar(10)) insert into t values (1, N'ä'), (2,"
                + " null)\n"
                + "select * from [dbo].[t] order by id");
    assertEquals(List.of(2L), recorder.rowCounts);
    assertEquals(List.of("id", "name"), recorder.results.getFirst().names());
    assertEquals(List.of("int", "nvarchar(max)"), recorder.results.getFirst().types());
    assertEquals(List.of(List.of(1L, "ä"), Arrays.asList(2L, null)), recorder.rows());
  }

  @Test
  void execute_keepsTypedVariablesForTheBatch() {
    Recorder recorder =
        fixture.run(
            """
            declare @i int = 2, @d decimal(10,2) = 1.005, @s nchar(3) = N'é', @n float, @b varbinary(max) = 0xFF00,
              @dt datetime = '2020-01-01 00:00:00.005', @u uniqueidentifier = '04030201-0605-0807-090a-0b0c0d0e0f10',
              @t2 datetime2 = '9999-12-31', @o datetimeoffset = '2020-01-01 10:00 +00:00', @t time = '10:00:00.1234567'
            set @i *= 21
            select @i as i, @d as d, @s as s, @n as n, @b as b, @dt as dt, @u as u, @t2 as t2, @o as o, @t as t
            """);
    assertEquals(
        "[42, 1.01, é  , null, java.nio.HeapByteBufferR[pos=0 lim=2 cap=2],"
            + " 2020-01-01T00:00:00.007, 04030201-0605-0807-090a-0b0c0d0e0f10, 9999-12-31T00:00,"
            + " 2020-01-01T10:00Z, 10:00:00.123456700]",
        recorder.rows().getFirst().toString());
    assertEquals(137, fixture.fail("declare @x int\nGO\nselect @x").number());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select @o",
        "select @o as o from t",
        "select @o + interval 1 day",
        "insert into t values (@o)",
        "update t set a = @o",
        "insert into t values (now()) on conflict do update set a = @o"
      })
  void execute_refusesAnOffsetDuckDbWouldLose(String statement) {
    fixture.run("create table t (a datetimeoffset)");
    SqlError error =
        fixture.fail(
            "declare @o datetimeoffset(3) = '2020-01-01 10:00:00.125 +02:00' " + statement);
    assertEquals(206, error.number());
    assertEquals(
        "Variable @o is 2020-01-01 10:00:00.125 +02:00, and DuckDB keeps the moment without its"
            + " offset: write CAST(@o AS TIMESTAMPTZ) where that is meant.",
        error.message());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a = @o",
        "@o <= a",
        "a between @o and @o",
        "@o between a and now()",
        "a in (select CAST(@o AS TIMESTAMPTZ))"
      })
  void execute_comparesMomentsWhateverTheirOffsets(String condition) {
    Recorder recorder =
        fixture.run(
            "create table t (a datetimeoffset) insert into t values ('2020-01-01 08:00+00') declare"
                + " @o datetimeoffset(6) = '2020-01-01 10:00 +02:00' select a from t where "
                + condition);
    assertEquals("[[2020-01-01T08:00Z]]", recorder.rows().toString());
  }

  @Test
  void execute_refusesASeventhDigitDuckDbWouldLose() {
    SqlError error =
        fixture.fail(
            "declare @o datetimeoffset = '2020-01-01 10:00:00.1234567 +00:00' select 1 where @o < now()");
    assertEquals(206, error.number());
    assertEquals(true, error.message().contains("DECLARE it as datetimeoffset(6)"));
  }

  @Test
  void execute_keepsOffsetAndSeventhDigitAmongVariables() {
    Recorder recorder =
        fixture.run(
            "declare @o datetimeoffset = '2020-01-01 10:00:00.1234567 +02:00', @t nvarchar(40) set"
                + " @t = @o select @t as t");
    assertEquals("[[2020-01-01 10:00:00.1234567 +02:00]]", recorder.rows().toString());
  }

  @Test
  void execute_assignsFromTheLastRowOfASelect() {
    Recorder recorder =
        fixture.run(
            """
            declare @a int = 7, @b nvarchar(10)
            select @a = i, @b = 'x' || i from range(3) t(i) order by i
            print @b
            select @a = i from range(3) t(i) where false
            print @a
            declare @c int = (select count(*) from range(5))
            print 'c is ' || @c
            """);
    assertEquals(
        List.of("x2", "2", "c is 5"), recorder.messages.stream().map(SqlMessage::text).toList());
  }

  @Test
  void execute_endsTheBatchAtAnErrorAndGoesOnWithTheNext() {
    Recorder recorder = fixture.execute("select 1\nselect nosuch\nselect 2\nGO\nselect 3\nGO 2");
    assertEquals(3, recorder.results.size());
    assertEquals(207, recorder.error().number());
    assertEquals(2, recorder.error().line());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select * from nosuch | 208 |  | 1",
        "select 'a'::int | 8114 |  | 1",
        "select isnull(1, 2) | 195 | coalesce | 1",
        "selec 1 | 102 |  | 1",
        "select 1 + | 102 |  | 1",
        "select\\n1\\nfrom nosuch | 208 |  | 3",
        "select 'a' + 'b' | 58500 | concat | 1",
        "declare @i tinyint = 256 | 8115 | 256 does not fit tinyint | 1",
        "declare @s varchar(2) = 'abc' | 2628 | 3 bytes | 1",
        "declare @a int; declare @A int | 134 |  | 1",
        "set @x = 1 | 137 |  | 1",
        "exec sp_other | 2812 |  | 1",
        "exec sp_configure 'external scripts enabled', 1 | 2812 | no switching on | 1",
        "print (select i from range(2) t(i)) | 512 |  | 1",
        "create table t (a int identity(1,1)) | 102 | nextval | 1",
        "select 'open | 105 |  | 1",
        "while 1 = 1 select 1 | 40510 |  | 1",
        "select error('late') from range(10) | 58500 | late | 1",
        "print (select 1, 2) | 116 |  | 1",
        "declare @x int = unnest({'a': 1, 'b': 2}) | 116 |  | 1",
        "select a from (select 1 as a) x, (select 2 as a) y | 209 | x.a | 1",
        "create table t (a int check (a > 0)) insert into t values (-1) | 547 |  | 1",
        "create table t (a int primary key) insert into t values (1), (1) | 2627 |  | 1",
        "create table t (a int) create table t (a int) | 2714 |  | 1"
      })
  void execute_reportsNumberPlaceAndHint(String sql, int number, String hint, int line) {
    SqlError error = fixture.fail(sql.replace("\\n", "\n"));
    assertEquals(
        number + " line " + line, error.number() + " line " + error.line(), error.message());
    assertTrue(hint == null || error.message().contains(hint), error.message());
  }

  @Test
  void execute_readsUnstreamedErrorsThatComeLate() {
    SqlError error =
        fixture.fail(
            "select (case when i = 900000 then 'bad' else '1' end)::int from range(1000000) t(i)");
    assertEquals(8114, error.number());
    assertTrue(error.message().contains("'bad'"), error.message());
    assertEquals(List.of(List.of(1L)), fixture.run("select 1").rows());
  }

  @Test
  void execute_hasTransactionsAndTemporaryTables() {
    Recorder recorder =
        fixture.run(
            "create table t (a int) begin tran insert into t values (1) rollback tran select"
                + " count(*) from t\n"
                + "create table #x (a int) insert into #x values (5)\nselect * from #x");
    assertEquals(List.of(List.of(0L)), recorder.results.getFirst().rows());
    assertEquals(List.of(List.of(5L)), recorder.rows());
  }

  @Test
  void execute_resolvesEnumsToText() {
    assertEquals(List.of(List.of("b")), fixture.run("select 'b'::enum('a', 'b') as e").rows());
  }

  /// One cancel is enough, wherever it falls.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select sum(range % 7) from range(1000000000000)",
        "select * from range(1000000000000) where hash(range) = 1",
        "select * from range(1000000000000) where range < 300000 or hash(range) = 1",
        "select * from range(1000000000000)",
        "create table t as select * from range(1000000000000) where hash(range) = 1",
        "declare @x bigint select @x = range from range(1000000000000)",
        "declare @x bigint = (select range from range(1000000000000) where hash(range) = 1)"
      })
  void cancel_stopsAStatement(String statement) {
    var recorder = new Recorder();
    try (var begun = new EngineThread(fixture.engine, "print 'begun' " + statement, recorder)) {
      begun.awaitMessage();
      fixture.engine.cancel();
    }
    assertEquals(3204, recorder.error().number());
    assertEquals(List.of(List.of(1L)), fixture.run("select 1").rows());
  }

  @Test
  void cancel_stopsAResultWhileItsRowsAreRead() {
    var recorder =
        new Recorder() {
          @Override
          public void result(ResultRows rows) throws Exception {
            assertTrue(rows.reader().loadNextBatch());
            fixture.engine.cancel();
            assertTrue(rows.reader().loadNextBatch(), "must have failed");
          }
        };
    assertFalse(
        fixture.engine.execute("select * from range(1000000)\nGO\nprint 'never'", recorder));
    assertEquals(List.of(3204), recorder.errors.stream().map(SqlError::number).toList());
    assertEquals(List.of(), recorder.messages);
  }
}
