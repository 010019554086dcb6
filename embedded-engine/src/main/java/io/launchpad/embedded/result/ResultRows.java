// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.result;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.type.SqlType;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/// A result set: Arrow batches with the SQL types of their columns.
public final class ResultRows {

  /// A column of the result.
  ///
  /// @param name as declared or as the query or the script labels it; may be empty
  public record Column(String name, SqlType type, boolean nullable) {}

  private final ArrowReader reader;
  private final List<Column> columns;

  public ResultRows(ArrowReader reader) throws IOException {
    this.reader = reader;
    this.columns =
        reader.getVectorSchemaRoot().getSchema().getFields().stream()
            .map(ResultRows::column)
            .toList();
  }

  private static Column column(Field field) {
    return new Column(field.getName(), ArrowTypes.sqlType(field), field.isNullable());
  }

  public List<Column> columns() {
    return columns;
  }

  /// The rows. Columns may be dictionary-encoded; the reader knows the dictionaries.
  public ArrowReader reader() {
    return reader;
  }
}
