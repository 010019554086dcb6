// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.EngineConfig;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import io.launchpad.embedded.script.LaunchpadRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;

/// The embedded engine in front of a real service: what a user sees of T-SQL.
final class SqlSession implements AutoCloseable {
  private final Engine engine;
  private final EmbeddedEngine sql;

  SqlSession(ServiceUnderTest service) throws Exception {
    engine = Engine.of(service.transport());
    sql =
        EmbeddedEngine.open(
            EngineConfig.inMemory(),
            engine.allocator(),
            new LaunchpadRunner(engine.client(), engine.allocator(), "alice"));
  }

  Engine engine() {
    return engine;
  }

  /// What statements have given: results as rows of their values' text, and what was said, in
  /// order.
  record Told(List<List<String>> rows, List<SqlMessage> messages, List<SqlError> errors) {

    /// The output of scripts without SQL Server's headings.
    String printed() {
      var text = new StringBuilder();
      for (SqlMessage message : messages) {
        text.append(message.text());
      }
      return text.toString()
          .replace("STDOUT message(s) from external script:\n", "")
          .replace("STDERR message(s) from external script:\n", "")
          .replace("STDOUT message(s) from external script: \n", "")
          .replace("STDERR message(s) from external script: \n", "");
    }

    List<List<String>> succeeded() {
      assertEquals(List.of(), errors);
      return rows;
    }

    SqlError failed(int number) {
      assertEquals(1, errors.size(), () -> "one error; rows: " + rows + ", errors: " + errors);
      assertEquals(number, errors.getFirst().number(), () -> errors.toString());
      return errors.getFirst();
    }
  }

  /// Runs a text of T-SQL to its end, whatever that is.
  Told run(String text) {
    var told = new Told(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    sql.execute(
        text,
        new ResultListener() {
          @Override
          public void result(ResultRows rows) throws Exception {
            while (rows.reader().loadNextBatch()) {
              addRows(rows, told.rows());
            }
          }

          @Override
          public void rowCount(long rows) {
            told.rows().add(List.of(Long.toString(rows)));
          }

          @Override
          public void message(SqlMessage message) {
            told.messages().add(message);
          }

          @Override
          public void error(SqlError error) {
            told.errors().add(error);
          }
        });
    return told;
  }

  private static void addRows(ResultRows result, List<List<String>> rows) throws Exception {
    var batch = result.reader().getVectorSchemaRoot();
    int count = batch.getRowCount();
    int first = rows.size();
    for (int row = 0; row < count; row++) {
      rows.add(new ArrayList<>());
    }
    for (FieldVector vector : batch.getFieldVectors()) {
      var encoding = vector.getField().getDictionary();
      try (var decoded =
          encoding == null
              ? null
              : DictionaryEncoder.decode(
                  vector, result.reader().getDictionaryVectors().get(encoding.getId()))) {
        for (int row = 0; row < count; row++) {
          Object value = decoded == null ? vector.getObject(row) : decoded.getObject(row);
          rows.get(first + row).add(text(value));
        }
      }
    }
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? java.util.HexFormat.of().formatHex(bytes)
        : Objects.toString(value);
  }

  @Override
  public void close() {
    sql.close();
    engine.close();
  }
}
