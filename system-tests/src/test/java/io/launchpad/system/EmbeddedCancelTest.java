// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.EngineConfig;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import io.launchpad.embedded.script.LaunchpadRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A statement of the embedded engine that is cancelled while its script runs in a real service:
/// its session ends at once, and the database is as it was.
final class EmbeddedCancelTest {
  private static ServiceUnderTest service;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 2));
  }

  @AfterAll
  static void end() throws Exception {
    service.close();
  }

  /// What a call under way has said so far.
  private static final class Told implements ResultListener {
    final CountDownLatch printed = new CountDownLatch(1);
    final List<Long> numbers = new ArrayList<>();
    final List<SqlError> errors = new ArrayList<>();
    long changed;

    @Override
    public void result(ResultRows rows) throws Exception {
      while (rows.reader().loadNextBatch()) {
        var root = rows.reader().getVectorSchemaRoot();
        for (int row = 0; row < root.getRowCount(); row++) {
          numbers.add(((BigIntVector) root.getVector(0)).get(row));
        }
      }
    }

    @Override
    public void rowCount(long rows) {
      changed += rows;
    }

    @Override
    public void message(SqlMessage message) {
      printed.countDown();
    }

    @Override
    public void error(SqlError error) {
      errors.add(error);
    }
  }

  private static Told run(EmbeddedEngine sql, String text) {
    var told = new Told();
    sql.execute(text, told);
    assertEquals(List.of(), told.errors);
    return told;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Before its first row.
        "print(\"running\")\nwhile True: pass', @input_data_1 = N'SELECT 1 AS a'",
        // In the middle of its rows, of which the input has no end.
        "print(\"running\")\nOutputDataSet = InputDataSet', @params = N'@r_rowsPerRead int',"
            + " @r_rowsPerRead = 5000,"
            + " @input_data_1 = N'SELECT * FROM range(1000000000000) r(a)'",
      })
  void insertExecThatIsCancelled_leavesTheTableAndNoSession(String call) throws Exception {
    try (var engine = Engine.of(service.transport());
        var sql =
            EmbeddedEngine.open(
                EngineConfig.inMemory(),
                engine.allocator(),
                new LaunchpadRunner(engine.client(), engine.allocator(), "alice"))) {
      run(sql, "CREATE TABLE t (a bigint) INSERT INTO t VALUES (7)");
      var told = new Told();
      String text =
          "INSERT INTO t EXEC sp_execute_external_script @language = N'Python', @script = N'"
              + call
              + "\nGO\nINSERT INTO t VALUES (8)";
      Thread statement = Thread.ofPlatform().start(() -> sql.execute(text, told));
      told.printed.await();
      sql.cancel();
      statement.join();
      assertEquals(1, told.errors.size(), () -> told.errors.toString());
      assertEquals(
          "Msg 3204, Level 16, State 1, Line 1\nThe statement was cancelled.",
          told.errors.getFirst().toString());
      assertEquals(0, told.changed);
      assertEquals(List.of(7L), run(sql, "SELECT a FROM t").numbers);
      // The connection and the service go on.
      assertEquals(
          1,
          run(
                  sql,
                  "INSERT INTO t EXEC sp_execute_external_script N'Python',"
                      + " N'OutputDataSet = InputDataSet', N'SELECT 8'")
              .changed);
    }
    service.awaitIdle();
  }

  @Test
  void selectThatIsCancelledWhileAScriptReadsIt_isToldOnce() throws Exception {
    try (var engine = Engine.of(service.transport());
        var sql =
            EmbeddedEngine.open(
                EngineConfig.inMemory(),
                engine.allocator(),
                new LaunchpadRunner(engine.client(), engine.allocator(), "alice"))) {
      var told = new Told();
      Thread statement =
          Thread.ofPlatform()
              .start(() ->
                  sql.execute(
                      "EXEC sp_execute_external_script @language = N'Python', @script = N'"
                          + "print(\"running\")\nOutputDataSet = InputDataSet.head(1)',"
                          + " @params = N'@r_rowsPerRead int', @r_rowsPerRead = 10000,"
                          + " @input_data_1 = N'SELECT * FROM range(1000000000000) r(a)'",
                      told));
      told.printed.await();
      sql.cancel();
      statement.join();
      assertTrue(told.errors.getFirst().toString().contains("The statement was cancelled."));
      assertEquals(1, told.errors.size());
    }
    service.awaitIdle();
  }
}
