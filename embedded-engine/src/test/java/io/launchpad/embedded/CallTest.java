// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.DelegatingReader;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.SqlMessage;
import io.launchpad.embedded.script.ScriptCall;
import io.launchpad.embedded.script.ScriptCall.Direction;
import io.launchpad.embedded.script.ScriptFailedException;
import io.launchpad.embedded.script.ScriptRunner;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import io.launchpad.embedded.type.TextType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls of `sp_execute_external_script` over a fake runner.
class CallTest {

  private static final String EXEC =
      "EXEC sp_execute_external_script @language = N'Python', @script = N's'";

  private final EngineFixture fixture = new EngineFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private ScriptCall lastCall() {
    return fixture.runner.calls.getLast();
  }

  /// A script that gives back parameters it computes.
  private FakeRunner.Script computing(Map<String, SqlValue> outputs) {
    FakeRunner.Script identity = FakeRunner.identity(fixture.allocator);
    return new FakeRunner.Script() {
      @Override
      public ArrowReader run(
          ScriptCall call, Optional<ArrowReader> input, ScriptRunner.Printer printer)
          throws IOException {
        return identity.run(call, input, printer);
      }

      @Override
      public Map<String, SqlValue> outputs(ScriptCall call) {
        return outputs;
      }
    };
  }

  @Test
  void call_takesArgumentsByPositionOrNameInAnyOrder() {
    fixture.run(
        "declare @s nvarchar(max) = N'the script' exec dbo.sp_execute_external_script N'R', @s,"
            + " N'select 1 as a;', N'df', @params = N'@P int, @r_rowsPerRead INT',"
            + " @output_data_1_name = N'out', @r_rowsperread = 5, @p = 3");
    ScriptCall call = lastCall();
    assertEquals(
        "R the script df out 5",
        "%s %s %s %s %d"
            .formatted(
                call.language(),
                call.script(),
                call.inputNames().getFirst(),
                call.outputNames().getFirst(),
                call.rowsPerRead()));
    assertEquals(
        List.of(new ScriptCall.Parameter("P", Direction.IN, new SqlValue(FixedType.INT, 3L))),
        call.parameters());
  }

  @Test
  void call_returnsOutputParametersToTheCallersVariables() {
    fixture.runner.script =
        computing(
            Map.of(
                "n", new SqlValue(FixedType.BIGINT, 42L),
                "m", new SqlValue(TextType.NVARCHAR_MAX, "model")));
    Recorder recorder =
        fixture.run(
            "declare @x int = 1, @y varchar(10), @r int = 9 "
                + EXEC.replace("EXEC ", "EXEC @r = ")
                + ", @params = N'@n int OUTPUT, @m nvarchar(max) OUT, @i float', @n = @x OUTPUT, @m"
                + " = @y OUTPUT, @i = 2 select @x as x, @y as y, @r as r");
    assertEquals(List.of(List.of(42L, "model", 0L)), recorder.rows());
    assertEquals(Direction.INOUT, lastCall().parameters().getFirst().direction());
    assertEquals(new SqlValue(FixedType.FLOAT, 2.0), lastCall().parameters().getLast().value());
  }

  @Test
  void call_leavesVariablesThatDidNotAskForOutput() {
    fixture.runner.script = computing(Map.of("n", new SqlValue(FixedType.INT, 42L)));
    Recorder recorder =
        fixture.run(
            "declare @x int = 1 " + EXEC + ", @params = N'@n int OUTPUT', @n = @x\nselect @x");
    assertEquals(List.of(List.of(1L)), recorder.rows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"N''", "N'   ;'", "N' ;'", "NULL", "N'-- nothing'", "default"})
  void call_hasNoInputWhenTheQueryIsEmpty(String query) {
    fixture.runner.script =
        (_, input, _) -> {
          assertEquals(Optional.empty(), input);
          return Rows.none(fixture.allocator);
        };
    Recorder recorder = fixture.run(EXEC + ", @input_data_1 = " + query);
    assertEquals(List.of(), recorder.results);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "@input_data_1 = N'delete from t' | 39001",
        "@input_data_1 = N'select 1; select 2' | 39001",
        "@input_data_1 = N'exec p' | 39001",
        "@input_data_1 = N'with c as (select 1) delete from t' | 39001",
        "@input_data_1 = N'select 1 as a into t2' | 39015",
        "@input_data_1 = N'select * from nosuch' | 208",
        "@input_data_1 = N'select @nosuch' | 137",
        "@input_data_1 = N'select ''a''::int as a' | 8114",
        "@input_data_1 = N'select ''101''::bit as a' | 39017",
        "@input_data_1 = N'select ''x' | 105",
        "@params = N'@language int', @language = 1 | 8143",
        "@params = N'@script int' | 39026",
        "@params = N'@a int, @A int', @a = 1 | 39027",
        "@params = N'@InputDataSet int', @InputDataSet = 1 | 39008",
        "@params = N'@a image', @a = N'' | 39018",
        "@params = N'@a int' | 39016",
        "@params = N'@a int', @a = default | 39016",
        "@params = N'@a int', @a = N'x' | 8114",
        "@params = N'@a tinyint', @a = 256 | 8115",
        "@params = N'@a int', @b = 1, @a = 1 | 8145",
        "@a = 1 | 8145",
        "@params = N'@a' | 102",
        "@params = N'@a int @b int', @a = 1 | 102",
        "@params = N'@r_rowsPerRead int', @r_rowsPerRead = 0 | 39132",
        "@params = N'@r_rowsPerRead int', @r_rowsPerRead = NULL | 39132",
        "@params = N'@r_rowsPerRead float', @r_rowsPerRead = 1 | 39026",
        "@script = N'again' | 8143",
        "@parallel = N'x' | 214",
        "@input_data_1 = 5 | 214",
        "@parallel = 1, @params = N'@r_rowsPerRead int', @r_rowsPerRead = 5 | 39024",
        "@input_data_1 = N'select 1 as a', @input_data_1_order_by_columns = N'a' | 39103",
        "@input_data_1 = N'select 1 as a', @input_data_1_partition_by_columns = N'b' | 39104",
        "@input_data_1 = N'select 1 as a, 2 as a', @input_data_1_partition_by_columns = N'a' |"
            + " 39104",
        "@input_data_1 = N'select 1 as a', @input_data_1_partition_by_columns = N'a',"
            + " @input_data_1_order_by_columns = N'b DESC' | 39105",
        "@input_data_1 = N'select 1 as a', @input_data_1_partition_by_columns = N'a, [A]' | 39106",
        "@input_data_1 = N'select 1 as a', @input_data_1_partition_by_columns = N'a',"
            + " @input_data_1_order_by_columns = N'a' | 39107",
        "@input_data_1 = N'select 1 as a', @input_data_1_partition_by_columns = N'a', @params ="
            + " N'@r_rowsPerRead int', @r_rowsPerRead = 5 | 58000"
      })
  void call_failsBeforeItStartsWhenAnArgumentIsWrong(String arguments, int number) {
    SqlError error = fixture.fail(EXEC + ", " + arguments);
    assertEquals(number, error.number(), error.message());
    assertEquals(1, error.line());
    assertEquals(List.of(), fixture.runner.calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "exec sp_execute_external_script | 201",
        "exec sp_execute_external_script N'R' | 201",
        "exec sp_execute_external_script @language = N'R', N's' | 119",
        "declare @v int exec sp_execute_external_script N'R', N's', @params = N'@a int', @a = @v"
            + " output | 8162",
        "exec sp_execute_external_script N'R', N's', N'', N'', N'', N'', N'', 0, N'@a int', 1, 2 |"
            + " 8144",
        "exec @nosuch = sp_execute_external_script N'R', N's' | 137"
      })
  void call_failsWithSqlServersNumbersForProcedureCalls(String sql, int number) {
    assertEquals(number, fixture.fail(sql).number());
  }

  @Test
  void call_givesTheQueryItsParameters() {
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @input_data_1 = N'select i from range(10) t(i) where i >= @low', @params ="
                + " N'@low int', @low = 8");
    assertEquals(List.of(List.of(8L), List.of(9L)), recorder.rows());
  }

  @Test
  void call_keepsTypesOfTheInputExact() {
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @input_data_1 = N'select 9007199254740993::bigint as a, sum(1) as b,"
                + " 1.10::decimal(38,10) as c, null::int as d, true as e, 255::utinyint as f,"
                + " timestamp_ns ''2020-01-01 00:00:00.123456789'' as g, ''x''::blob as h'");
    assertEquals(
        List.of(
            "bigint",
            "decimal(38,0)",
            "decimal(38,10)",
            "int",
            "bit",
            "tinyint",
            "datetime2(7)",
            "varbinary(max)"),
        recorder.results.getFirst().types());
    assertEquals(9007199254740993L, recorder.rows().getFirst().getFirst());
    assertEquals(
        8114,
        fixture
            .fail(
                EXEC
                    + ", @input_data_1 = N'select 170141183460469231731687303715884105727::hugeint"
                    + " as a'")
            .number());
  }

  @Test
  void call_keepsNamesOfAnEmptyInputAndOfHardNames() {
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @input_data_1 = N'select 1 as [sélect], 2 as \"order\", 3 as [a]]b], 4 as dup,"
                + " 5 as dup where false'");
    assertEquals(
        List.of("sélect", "order", "a]b", "dup", "dup"), recorder.results.getFirst().names());
    assertEquals(List.of(), recorder.rows());
  }

  @Test
  void call_convertsToTheDeclaredResultSet() {
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @input_data_1 = N'select 1::bigint as a, ''x'' as b' WITH RESULT SETS"
                + " (([größe] INT NOT NULL, c CHAR(3)))");
    assertEquals(List.of("größe", "c"), recorder.results.getFirst().names());
    assertEquals(List.of("int", "char(3)"), recorder.results.getFirst().types());
    assertEquals(List.of(List.of(1L, "x  ")), recorder.rows());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none | 11535",
        "((a int), (b int)) | 11536",
        "((a int, b int)) | 11537",
        "((a date)) | 11538",
        "((a tinyint not null)) | 8115"
      })
  void call_failsWhenTheResultIsNotAsDeclared(String sets, int number) {
    assertEquals(
        number,
        fixture
            .fail(EXEC + ", @input_data_1 = N'select 300 as a' with result sets " + sets)
            .number());
  }

  @Test
  void call_failsWithError11536WhenAResultIsDeclaredAndNoneComes() {
    assertEquals(11536, fixture.fail(EXEC + " with result sets ((a int))").number());
    assertEquals(List.of(), fixture.run(EXEC + " with result sets none").results);
    assertEquals(List.of(), fixture.run(EXEC + " with result sets undefined").results);
  }

  @Test
  void call_showsWhatTheScriptPrintsUnderSqlServersHeadings() {
    fixture.runner.script =
        (_, _, printer) -> {
          printer.printed(false, "one\n");
          printer.printed(true, "warn\n");
          printer.printed(false, "two\n");
          printer.printed(false, "three\n");
          return Rows.none(fixture.allocator);
        };
    assertEquals(
        List.of(
            new SqlMessage(39005, 10, "STDOUT message(s) from external script:\none\n"),
            new SqlMessage(39022, 10, "STDERR message(s) from external script:\nwarn\n"),
            new SqlMessage(39005, 10, "STDOUT message(s) from external script:\ntwo\n"),
            new SqlMessage(39005, 10, "three\n")),
        fixture.run(EXEC).messages);
  }

  @Test
  void call_failsWithError39004AndTheTracebackWhenTheScriptRaises() {
    fixture.runner.script =
        (_, _, _) -> {
          throw new ScriptFailedException(
              39004, "ValueError: bad", "Traceback:\n  line 3\nValueError: bad");
        };
    Recorder recorder = fixture.execute("print 'x'\n" + EXEC);
    assertEquals(39004, recorder.error().number());
    assertEquals(2, recorder.error().line());
    assertTrue(recorder.error().message().contains("line 3"), recorder.error().message());
    assertEquals(
        new SqlMessage(39019, 10, "An external script error occurred:\nValueError: bad"),
        recorder.messages.getLast());
    fixture.runner.script =
        (_, _, _) -> {
          throw new ScriptFailedException(58101, "no slot", "");
        };
    assertEquals(58101, fixture.fail(EXEC).number());
  }

  @Test
  void insertExec_insertsByPositionAndCounts() {
    Recorder recorder =
        fixture.run(
            "create table t (a int, b nvarchar(max), c float) insert into t (b, a) "
                + EXEC
                + ", @input_data_1 = N'select ''x'' || i, i from range(3) t(i)' select * from t"
                + " order by a");
    assertEquals(List.of(3L), recorder.rowCounts);
    assertEquals(
        List.of(
            Arrays.asList(0L, "x0", null),
            Arrays.asList(1L, "x1", null),
            Arrays.asList(2L, "x2", null)),
        recorder.rows());
  }

  @Test
  void insertExec_takesDuplicateEmptyAndReservedNames() {
    var type = new ArrowType.Int(32, true);
    fixture.runner.script =
        (_, _, _) ->
            Rows.of(
                fixture.allocator,
                List.of(
                    Field.nullable("select", type),
                    Field.nullable("", type),
                    Field.nullable("select", type)),
                root -> {
                  for (int i = 0; i < 3; i++) {
                    ((IntVector) root.getVector(i)).setSafe(0, i);
                  }
                  root.setRowCount(1);
                });
    Recorder recorder =
        fixture.run(
            "create table t (a int, b int, c int) insert into t " + EXEC + " select * from t");
    assertEquals(List.of(List.of(0L, 1L, 2L)), recorder.rows());
    assertEquals(List.of("select", "", "select"), fixture.run(EXEC).results.getFirst().names());
  }

  @Test
  void insertExec_readsTheTableItWritesFromTheSnapshotAtExec() {
    Recorder recorder =
        fixture.run(
            "create table t as select * from range(200000) r(a)\ninsert into t "
                + EXEC
                + ", @input_data_1 = N'select a from t' select count(*) from t");
    assertEquals(List.of(List.of(400_000L)), recorder.rows());
  }

  @Test
  void insertExec_seesAnOpenTransactionAndTemporaryTables() {
    Recorder recorder =
        fixture.run(
            "create table t (a int) begin tran insert into t values (1) insert into t "
                + EXEC
                + ", @input_data_1 = N'select a + 1 from t' commit select count(*) from t"
                + "\ncreate table #x (a int) insert into #x values (5) "
                + EXEC
                + ", @input_data_1 = N'select * from #x'");
    assertEquals(List.of(List.of(2L)), recorder.results.getFirst().rows());
    assertEquals(List.of(List.of(5L)), recorder.rows());
  }

  @Test
  void insertExec_insertsNothingWhenTheScriptFailsAfterItsFirstRows() {
    failsAfterRows(new ScriptFailedException(39004, "late", ""), 39004);
    failsAfterRows(new ScriptFailedException(58103, "memory", ""), 58103);
  }

  private void failsAfterRows(RuntimeException failure, int number) {
    fixture.run("create or replace table t (a int)");
    fixture.runner.script =
        (_, _, _) ->
            Rows.of(
                fixture.allocator,
                List.of(Field.nullable("a", new ArrowType.Int(32, true))),
                root -> {
                  ((IntVector) root.getVector(0)).setSafe(0, 1);
                  root.setRowCount(1);
                },
                _ -> {
                  throw failure;
                });
    assertEquals(number, fixture.fail("insert into t " + EXEC).number());
    assertEquals(List.of(List.of(0L)), fixture.run("select count(*) from t").rows());
  }

  @Test
  void insertExec_insertsNothingWhenAValueOrAnOutputParameterDoesNotFit() {
    fixture.run("create table t (a int)");
    String insert =
        "insert into t " + EXEC + ", @input_data_1 = N'select i from range(100000) r(i)'";
    assertEquals(8115, fixture.fail(insert + " with result sets ((a smallint))").number());
    var outputs = new HashMap<String, SqlValue>();
    outputs.put("n", new SqlValue(FixedType.BIGINT, 1L << 40));
    fixture.runner.script = computing(outputs);
    assertEquals(8115, fixture.fail(insert + ", @params = N'@n int output', @n = 1").number());
    outputs.clear();
    assertEquals(58010, fixture.fail(insert + ", @params = N'@n int output', @n = 1").number());
    assertEquals(List.of(List.of(0L)), fixture.run("select count(*) from t").rows());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch | select 1 | 208",
        "t | select 1, 2 | 213",
        "t | select 'x' | 8114",
        "t | select null | 515"
      })
  void insertExec_failsLikeAnInsert(String table, String query, int number) {
    fixture.run("create table t (a int not null)");
    String sql =
        "insert into %s %s, @input_data_1 = N'%s'".formatted(table, EXEC, query.replace("'", "''"));
    assertEquals(number, fixture.fail(sql).number());
  }

  @ParameterizedTest
  @CsvSource({"nosuch, 208", "t (b), 207"})
  void insertExec_refusesItsTargetBeforeTheScriptRuns(String target, int number) {
    fixture.run("create table t (a int)");
    SqlError error = fixture.fail("insert into " + target + " " + EXEC);
    assertEquals(number, error.number());
    assertTrue(!error.message().contains("LINE"), error.message());
    assertEquals(List.of(), fixture.runner.calls);
  }

  @Test
  void insertExec_keepsOffsetsInstantInDuckDb() {
    Recorder recorder =
        fixture.run(
            "create table t (a datetimeoffset(6), b uniqueidentifier)\ninsert into t "
                + EXEC
                + ", @input_data_1 = N'select ''2020-01-01 10:00 +02:00'',"
                + " ''04030201-0605-0807-090a-0b0c0d0e0f10''' with result sets ((a"
                + " datetimeoffset(7), b uniqueidentifier)) select a, b from t");
    assertEquals(
        "[[2020-01-01T08:00Z, 04030201-0605-0807-090a-0b0c0d0e0f10]]", recorder.rows().toString());
  }

  @Test
  void partition_sortsByPartitionThenOrderWithNullsTogether() {
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @input_data_1 = N'select * from (values (2, 1), (null, 5), (1, 1), (null, 7),"
                + " (2, 9)) v(P, o)', @input_data_1_partition_by_columns = N'[p]',"
                + " @input_data_1_order_by_columns = N'o DESC'");
    assertEquals("[[null, 7], [null, 5], [1, 1], [2, 9], [2, 1]]", recorder.rows().toString());
    assertEquals(List.of("P"), lastCall().partitionColumns());
  }

  @Test
  void cancel_stopsAScriptAndFailsTheStatement() throws Exception {
    var cancelled = new CountDownLatch(1);
    var started = new CountDownLatch(1);
    fixture.runner.script =
        new FakeRunner.Script() {
          @Override
          public ArrowReader run(
              ScriptCall call, Optional<ArrowReader> input, ScriptRunner.Printer printer)
              throws IOException {
            started.countDown();
            try {
              cancelled.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            throw new ScriptFailedException(58002, "cancelled", "");
          }

          @Override
          public void cancel() {
            cancelled.countDown();
          }
        };
    var recorder = new Recorder();
    var worker = new Thread(() -> fixture.engine.execute(EXEC + "\nprint 'never'", recorder));
    worker.start();
    started.await();
    fixture.engine.cancel();
    worker.join();
    assertEquals(3204, recorder.error().number());
    assertEquals(List.of(), recorder.messages);
  }

  /// The script goes on giving rows whatever it is asked.
  @ParameterizedTest
  @ValueSource(strings = {"", "insert into t "})
  void cancel_stopsAResultThatStreams(String target) throws Exception {
    fixture.run("create table t (a bigint) insert into t values (7)");
    var read = new CountDownLatch(1);
    fixture.runner.script = (_, _, _) -> endless(read);
    var recorder = new Recorder();
    try (var _ =
        new EngineThread(fixture.engine, target + EXEC + "\nGO\nprint 'never'", recorder)) {
      read.await();
      fixture.engine.cancel();
    }
    assertEquals(List.of(3204), recorder.errors.stream().map(SqlError::number).toList());
    assertEquals(List.of(), recorder.messages);
    assertEquals(List.of(), recorder.rowCounts);
    // The table is as before, and nothing is left open.
    assertEquals(List.of(List.of(7L)), fixture.run("select * from t").rows());
    assertEquals(List.of(1L), fixture.run("insert into t values (8)").rowCounts);
  }

  private ArrowReader endless(CountDownLatch read) {
    ArrowReader rows =
        Rows.of(
            fixture.allocator,
            List.of(Field.nullable("a", new ArrowType.Int(64, true))),
            root -> root.setRowCount(1));
    return new DelegatingReader(fixture.allocator, rows) {
      private int batches;

      @Override
      public boolean loadNextBatch() throws IOException {
        VectorSchemaRoot root = getVectorSchemaRoot();
        root.getVector(0).setNull(0);
        root.setRowCount(1);
        if (++batches == 10) {
          read.countDown();
        }
        return true;
      }

      @Override
      protected void closeReadSource() {
        try {
          rows.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @Test
  void cancel_leavesAnOpenTransactionToItsUser() {
    fixture.run("create table t (a bigint) begin tran insert into t values (7)");
    fixture.runner.script =
        (_, _, _) -> {
          fixture.engine.cancel();
          return endless(new CountDownLatch(1));
        };
    assertEquals(3204, fixture.fail("insert into t " + EXEC).number());
    assertEquals(List.of(List.of(1L)), fixture.run("commit select count(*) from t").rows());
  }
}
