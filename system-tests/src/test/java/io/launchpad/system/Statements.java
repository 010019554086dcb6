// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/// What statements of the embedded engine have given: the first and last rows of each batch as
/// text.
final class Statements implements ResultListener {
  private static final int ROWS_KEPT = 100;

  final List<String> rows = new ArrayList<>();
  final List<SqlError> errors = new ArrayList<>();

  /// Rows of each result set.
  final List<Long> counts = new ArrayList<>();

  /// Executes statements that must succeed.
  static Statements run(EmbeddedEngine engine, String text) {
    var told = new Statements();
    engine.execute(text, told);
    assertEquals(List.of(), told.errors.stream().map(SqlError::toString).toList());
    return told;
  }

  /// A text as SQL spells it.
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  @Override
  public void result(ResultRows result) throws Exception {
    long count = 0;
    while (result.reader().loadNextBatch()) {
      VectorSchemaRoot root = result.reader().getVectorSchemaRoot();
      for (int row = 0; row < root.getRowCount(); row++) {
        if (row < ROWS_KEPT || row == root.getRowCount() - 1) {
          int at = row;
          rows.add(root.getFieldVectors().stream().map(v -> v.getObject(at)).toList().toString());
        }
      }
      count += root.getRowCount();
    }
    counts.add(count);
  }

  @Override
  public void rowCount(long changed) {}

  @Override
  public void message(SqlMessage message) {}

  @Override
  public void error(SqlError error) {
    errors.add(error);
  }
}
