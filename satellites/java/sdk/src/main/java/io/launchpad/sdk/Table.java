// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Rows that are there, as columns. Its memory is that of the Arrow batches it consists of.
public final class Table {
  private final List<Column> columns = new ArrayList<>();
  private final Map<String, Column> byName = new HashMap<>();
  private final int rowCount;

  /// Rows of Arrow vectors.
  ///
  /// @param dictionaries where the dictionaries of encoded columns are found
  public record Part(VectorSchemaRoot rows, DictionaryProvider dictionaries) {}

  /// A table that consists of batches, one below the other, which stay their owner's.
  public Table(Schema schema, List<Part> parts) {
    this(schema, parts, exact -> exact);
  }

  /// A table whose values are seen as other objects than those that are exactly them.
  ///
  /// @param view makes of an exact value, or null, what [Column#get] gives
  public Table(Schema schema, List<Part> parts, UnaryOperator<@Nullable Object> view) {
    int[] starts = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      starts[i + 1] = Math.addExact(starts[i], parts.get(i).rows().getRowCount());
    }
    rowCount = starts[parts.size()];
    List<Field> fields = schema.getFields();
    for (int i = 0; i < fields.size(); i++) {
      List<FieldVector> vectors = new ArrayList<>();
      List<DictionaryProvider> dictionaries = new ArrayList<>();
      for (Part part : parts) {
        vectors.add(part.rows().getVector(i));
        dictionaries.add(part.dictionaries());
      }
      Column column = new Column(fields.get(i), vectors, dictionaries, starts, view);
      columns.add(column);
      byName.putIfAbsent(column.name(), column);
    }
  }

  public int rowCount() {
    return rowCount;
  }

  public List<Column> columns() {
    return List.copyOf(columns);
  }

  /// The column with this number, from 0.
  public Column column(int number) {
    return columns.get(number);
  }

  /// The first column of this name.
  ///
  /// @throws IllegalArgumentException when there is none; the message names those there are
  public Column column(String name) {
    Column column = byName.get(name);
    if (column == null) {
      throw new IllegalArgumentException(
          "no column '%s'; there are %s"
              .formatted(name, columns.stream().map(Column::name).toList()));
    }
    return column;
  }

  /// The row with this number, from 0.
  public Row row(int number) {
    if (number < 0 || number >= rowCount) {
      throw new IndexOutOfBoundsException("row " + number + " of " + rowCount);
    }
    return new Row(this, number);
  }

  public Iterable<Row> rows() {
    return () ->
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < rowCount;
          }

          @Override
          public Row next() {
            if (!hasNext()) {
              throw new NoSuchElementException("after the last row");
            }
            return new Row(Table.this, next++);
          }
        };
  }
}
