// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.LaunchpadClient;
import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.EngineConfig;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import io.launchpad.embedded.script.LaunchpadRunner;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/// 10 M rows from a table through the identity script into another table, by SQL on the embedded
/// engine.
final class Embedded {
  private static final int ROWS = 10_000_000;
  private static final int WARM_UP_ROUNDS = 5;

  private static final String COLUMNS =
      "(id bigint NOT NULL, price float NOT NULL, quantity int NOT NULL, weight float NOT NULL)";

  /// Values without a pattern that the same statement makes each time.
  private static final String FILL =
      """
      INSERT INTO source SELECT CAST(hash(i) >> 1 AS bigint), hash(i + 1) / 1e9,
        CAST(hash(i + 2) >> 33 AS integer), hash(i + 3) / 1e12 FROM range(%d) AS r(i);
      """
          .formatted(ROWS);

  private final int rounds;

  Embedded(int rounds) {
    this.rounds = rounds;
  }

  List<Figure> insertExec(ServiceProcess service, BufferAllocator allocator) {
    try (var client = LaunchpadClient.open(service.clientConfig(), allocator);
        var engine =
            EmbeddedEngine.open(
                EngineConfig.inMemory(),
                allocator,
                new LaunchpadRunner(client, allocator, "bench"))) {
      execute(engine, "CREATE TABLE source " + COLUMNS + ";");
      execute(engine, FILL);
      return List.of(
          figure("INSERT … EXEC, one data frame", engine, ""),
          figure(
              "INSERT … EXEC, 65,536 rows per read",
              engine,
              ", @params = N'@r_rowsPerRead int', @r_rowsPerRead = " + ColumnsReader.BATCH_ROWS));
    }
  }

  private static String insertExec(String moreArguments) {
    return """
    INSERT INTO target EXEC sp_execute_external_script @language = N'Python',
      @script = N'OutputDataSet = InputDataSet', @input_data_1 = N'SELECT * FROM source'%s;
    """
        .formatted(moreArguments);
  }

  private Figure figure(String name, EmbeddedEngine engine, String arguments) {
    String statement = insertExec(arguments);
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      seconds(engine, statement);
    }
    double[] rates = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      rates[round] = ROWS * 1e-6 / seconds(engine, statement);
    }
    return Figure.ofRounds(name, "M rows/s", rates);
  }

  private static double seconds(EmbeddedEngine engine, String statement) {
    execute(engine, "CREATE TABLE target " + COLUMNS + ";");
    long began = System.nanoTime();
    execute(engine, statement);
    double seconds = (System.nanoTime() - began) / 1e9;
    List<Object> expected = execute(engine, contents("source"));
    if (!execute(engine, contents("target")).equals(expected)) {
      throw new IllegalStateException("the target differs from the source");
    }
    execute(engine, "DROP TABLE target;");
    return seconds;
  }

  /// Number of rows, and a sum that nearly any other set of rows would change.
  private static String contents(String table) {
    return "SELECT count(*), sum(hash(id, price, quantity, weight) >> 32) FROM " + table + ";";
  }

  /// The values of the results' last rows; an error fails the benchmark.
  private static List<Object> execute(EmbeddedEngine engine, String sql) {
    List<Object> values = new ArrayList<>();
    var listener =
        new ResultListener() {
          @Override
          public void result(ResultRows rows) throws Exception {
            VectorSchemaRoot batch = rows.reader().getVectorSchemaRoot();
            while (rows.reader().loadNextBatch()) {
              batch.getFieldVectors().forEach(vector -> values.add(vector.getObject(0).toString()));
            }
          }

          @Override
          public void rowCount(long rows) {}

          @Override
          public void message(SqlMessage message) {}

          @Override
          public void error(SqlError error) {
            throw new IllegalStateException(error.toString());
          }
        };
    engine.execute(sql, listener);
    return values;
  }
}
