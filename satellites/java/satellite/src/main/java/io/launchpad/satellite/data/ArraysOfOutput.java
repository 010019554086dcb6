// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.satellite.convert.ColumnConversion;
import io.launchpad.sdk.ColumnWriter;
import io.launchpad.sdk.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Columns that are arrays, as vectors.
final class ArraysOfOutput implements ColumnWriter {
  private static final boolean[] NO_NULLS = {};

  /// One column that was added; nothing is made of it until all are there.
  private record Part(Field field, int length, Fill fill) {}

  private interface Fill {
    void into(FieldVector vector) throws IOException;
  }

  private final OutputData output;
  private final BufferAllocator allocator;
  private final List<Part> parts = new ArrayList<>();

  ArraysOfOutput(OutputData output, BufferAllocator allocator) {
    this.output = output;
    this.allocator = allocator;
  }

  @Override
  public ColumnWriter add(String name, boolean[] values) {
    return add(
        Columns.bool(name),
        values.length,
        vector -> {
          for (int i = 0; i < values.length; i++) {
            ((BitVector) vector).setSafe(i, values[i] ? 1 : 0);
          }
        });
  }

  @Override
  public ColumnWriter add(String name, int[] values) {
    return add(name, values, NO_NULLS);
  }

  @Override
  public ColumnWriter add(String name, int[] values, boolean[] nulls) {
    checkNulls(name, values.length, nulls);
    return add(
        Columns.int32(name),
        values.length,
        vector -> {
          var ints = (IntVector) vector;
          for (int i = 0; i < values.length; i++) {
            if (isNull(nulls, i)) {
              ints.setNull(i);
            } else {
              ints.set(i, values[i]);
            }
          }
        });
  }

  @Override
  public ColumnWriter add(String name, long[] values) {
    return add(name, values, NO_NULLS);
  }

  @Override
  public ColumnWriter add(String name, long[] values, boolean[] nulls) {
    checkNulls(name, values.length, nulls);
    return add(
        Columns.int64(name),
        values.length,
        vector -> {
          var longs = (BigIntVector) vector;
          for (int i = 0; i < values.length; i++) {
            if (isNull(nulls, i)) {
              longs.setNull(i);
            } else {
              longs.set(i, values[i]);
            }
          }
        });
  }

  @Override
  public ColumnWriter add(String name, double[] values) {
    return add(name, values, NO_NULLS);
  }

  @Override
  public ColumnWriter add(String name, double[] values, boolean[] nulls) {
    checkNulls(name, values.length, nulls);
    return add(
        Columns.float64(name),
        values.length,
        vector -> {
          var doubles = (Float8Vector) vector;
          for (int i = 0; i < values.length; i++) {
            if (isNull(nulls, i)) {
              doubles.setNull(i);
            } else {
              doubles.set(i, values[i]);
            }
          }
        });
  }

  @Override
  public ColumnWriter add(String name, @Nullable String[] values) {
    return add(Columns.text(name), Arrays.asList(values));
  }

  @Override
  public ColumnWriter add(Field column, List<? extends @Nullable Object> values) {
    return add(
        column,
        values.size(),
        vector -> {
          int row = 0;
          for (Object value : values) {
            ColumnConversion.set(vector, row, value, column, output.rowCount() + row + 1);
            row++;
          }
        });
  }

  private ColumnWriter add(Field field, int length, Fill fill) {
    parts.add(new Part(field, length, fill));
    return this;
  }

  private static void checkNulls(String name, int length, boolean[] nulls) {
    if (nulls.length > 0 && nulls.length != length) {
      throw new IllegalArgumentException(
          "column '%s' has %d values and %d nulls".formatted(name, length, nulls.length));
    }
  }

  private static boolean isNull(boolean[] nulls, int row) {
    return nulls.length > 0 && nulls[row];
  }

  @Override
  public void write() throws IOException {
    int rows = parts.isEmpty() ? 0 : parts.getFirst().length();
    for (Part part : parts) {
      if (part.length() != rows) {
        throw new IllegalStateException(
            "column '%s' has %d values, the first one %d"
                .formatted(part.field().getName(), part.length(), rows));
      }
    }
    output.flushRows();
    List<FieldVector> vectors = new ArrayList<>();
    List<Field> fields = parts.stream().map(Part::field).toList();
    try {
      for (Part part : parts) {
        FieldVector vector = part.field().createVector(allocator);
        vectors.add(vector);
        vector.setInitialCapacity(rows);
        vector.allocateNew();
        part.fill().into(vector);
        vector.setValueCount(rows);
      }
      output.append(
          new VectorSchemaRoot(fields, vectors, rows),
          new DictionaryProvider.MapDictionaryProvider());
    } finally {
      vectors.forEach(FieldVector::close);
    }
    parts.clear();
  }
}
