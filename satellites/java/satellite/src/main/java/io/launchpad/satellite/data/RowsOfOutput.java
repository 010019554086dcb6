// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.satellite.convert.ColumnConversion;
import io.launchpad.sdk.RowWriter;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Gathers rows into vectors, and appends them to the output when there are enough for a batch.
final class RowsOfOutput implements RowWriter {
  private static final int ROWS_MAX = 1 << 16;
  private static final long BYTES_MAX = 4L << 20;
  private static final int LOOK_EVERY = 1 << 10;
  private static final int CAPACITY = 64;

  private final OutputData output;
  private final List<Field> fields;
  private final BufferAllocator allocator;
  private @Nullable List<FieldVector> vectors;
  private int rows;
  private boolean begun;
  private boolean closed;

  RowsOfOutput(OutputData output, List<Field> fields, BufferAllocator allocator) {
    this.output = output;
    this.fields = List.copyOf(fields);
    this.allocator = allocator;
  }

  @Override
  public RowWriter add(@Nullable Object... values) throws IOException {
    if (closed) {
      throw new IllegalStateException("the writer is closed");
    }
    if (values.length != fields.size()) {
      throw new IllegalArgumentException(
          "%d values for %d columns".formatted(values.length, fields.size()));
    }
    List<FieldVector> columns = vectors();
    long row = output.rowCount() + rows + 1;
    for (int i = 0; i < values.length; i++) {
      Field field = fields.get(i);
      if (values[i] == null && !field.isNullable()) {
        throw ColumnConversion.isNull(field, row);
      }
      ColumnConversion.set(columns.get(i), rows, values[i], field, row);
    }
    rows++;
    if (rows == ROWS_MAX || (rows % LOOK_EVERY == 0 && bytes(columns) > BYTES_MAX)) {
      flush();
    }
    return this;
  }

  private List<FieldVector> vectors() {
    List<FieldVector> columns = vectors;
    if (columns == null) {
      columns = fields.stream().map(field -> field.createVector(allocator)).toList();
      columns.forEach(column -> {
        column.setInitialCapacity(CAPACITY);
        column.allocateNew();
      });
      vectors = columns;
    }
    return columns;
  }

  private static long bytes(List<FieldVector> columns) {
    long bytes = 0;
    for (FieldVector column : columns) {
      for (var buffer : column.getBuffers(false)) {
        bytes += buffer.writerIndex();
      }
    }
    return bytes;
  }

  @Override
  public void flush() throws IOException {
    // The first flush tells the columns, even without rows.
    if (rows == 0 && begun) {
      return;
    }
    begun = true;
    List<FieldVector> columns = vectors();
    vectors = null;
    int count = rows;
    rows = 0;
    columns.forEach(column -> column.setValueCount(count));
    try (var root = new VectorSchemaRoot(fields, columns, count)) {
      output.append(root, new DictionaryProvider.MapDictionaryProvider());
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      flush();
      closed = true;
      output.closed(this);
    }
  }

  /// Lets go of what was not sent.
  void drop() {
    closed = true;
    if (vectors != null) {
      vectors.forEach(FieldVector::close);
      vectors = null;
    }
  }
}
