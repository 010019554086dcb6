// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// The table of workload A: rows of (int64, float64, int32, float64), 28 bytes each, none null,
/// seeded. Each column lies in one piece; batches are slices of it.
final class Columns implements AutoCloseable {
  static final int ROW_BYTES = 28;
  static final Schema SCHEMA =
      new Schema(
          List.of(
              field("id", new ArrowType.Int(64, true)),
              field("price", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              field("quantity", new ArrowType.Int(32, true)),
              field("weight", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));
  private static final int[] WIDTHS = {8, 8, 4, 8};

  private final int rows;
  private final List<ArrowBuf> columns = new ArrayList<>();

  Columns(BufferAllocator allocator, int rows, RandomGenerator random) {
    this.rows = rows;
    for (int width : WIDTHS) {
      columns.add(allocator.buffer((long) rows * width));
    }
    for (int row = 0; row < rows; row++) {
      columns.get(0).setLong(row * 8L, random.nextLong());
      columns.get(1).setDouble(row * 8L, random.nextDouble());
      columns.get(2).setInt(row * 4L, random.nextInt());
      columns.get(3).setDouble(row * 8L, random.nextDouble());
    }
  }

  private static Field field(String name, ArrowType type) {
    return new Field(name, FieldType.notNullable(type), List.of());
  }

  int rows() {
    return rows;
  }

  /// Rows `from` to `from + count` without a copy.
  ArrowRecordBatch batch(int from, int count) {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    List<ArrowBuf> buffers = new ArrayList<>();
    for (int column = 0; column < WIDTHS.length; column++) {
      nodes.add(new ArrowFieldNode(count, 0));
      ArrowBuf values = columns.get(column);
      buffers.add(values.getReferenceManager().getAllocator().getEmpty());
      buffers.add(values.slice((long) from * WIDTHS[column], (long) count * WIDTHS[column]));
    }
    return new ArrowRecordBatch(count, nodes, buffers);
  }

  /// Compares every byte of a batch with the rows from `from` on.
  void requireEqual(VectorSchemaRoot batch, int from) {
    int count = batch.getRowCount();
    for (int column = 0; column < WIDTHS.length; column++) {
      FieldVector vector = batch.getVector(column);
      int bytes = count * WIDTHS[column];
      ByteBuffer actual = vector.getDataBuffer().nioBuffer(0, bytes);
      ByteBuffer expected = columns.get(column).nioBuffer((long) from * WIDTHS[column], bytes);
      if (vector.getNullCount() != 0 || actual.mismatch(expected) != -1) {
        throw new IllegalStateException(
            "wrong answer in column %s of rows %d to %d"
                .formatted(vector.getName(), from, from + count));
      }
    }
  }

  @Override
  public void close() {
    columns.forEach(ArrowBuf::close);
  }
}
