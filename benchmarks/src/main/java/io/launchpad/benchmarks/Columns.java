// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
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

/// A table of numbers, or of texts of one length; none null, seeded. Each column lies in one piece;
/// batches are slices of it.
final class Columns implements AutoCloseable {
  /// Those of workload A: (int64, float64, int32, float64).
  static final int ROW_BYTES = 28;

  private static final Schema WORKLOAD_A =
      new Schema(
          List.of(
              field("id", new ArrowType.Int(64, true)),
              field("price", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
              field("quantity", new ArrowType.Int(32, true)),
              field("weight", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));

  private static final int TEXT_BYTES = 12;

  private final Schema schema;
  private final int rows;
  private final List<ArrowBuf> columns = new ArrayList<>();

  /// Where texts begin, counted from a batch's first: the same for all batches.
  private final ArrowBuf offsets;

  private Columns(BufferAllocator allocator, Schema schema, int rows, RandomGenerator random) {
    this.schema = schema;
    this.rows = rows;
    offsets = allocator.buffer((ColumnsReader.BATCH_ROWS + 1) * 4L);
    for (int row = 0; row <= ColumnsReader.BATCH_ROWS; row++) {
      offsets.setInt(row * 4L, row * TEXT_BYTES);
    }
    for (int column = 0; column < schema.getFields().size(); column++) {
      int width = width(column);
      ArrowBuf values = allocator.buffer((long) rows * width);
      columns.add(values);
      if (isText(column)) {
        for (long at = 0; at < (long) rows * width; at++) {
          values.setByte(at, random.nextInt('0', '9' + 1));
        }
        continue;
      }
      boolean whole = schema.getFields().get(column).getType() instanceof ArrowType.Int;
      for (long row = 0; row < rows; row++) {
        if (width == 4) {
          // Not the smallest: for R it is NULL, and the column would become one of int64.
          values.setInt(row * 4, random.nextInt(-Integer.MAX_VALUE, Integer.MAX_VALUE));
        } else if (whole) {
          values.setLong(row * 8, random.nextLong());
        } else {
          values.setDouble(row * 8, random.nextDouble());
        }
      }
    }
  }

  /// The table of workload A.
  static Columns ofWorkloadA(BufferAllocator allocator, int rows, RandomGenerator random) {
    return new Columns(allocator, WORKLOAD_A, rows, random);
  }

  /// A table of so many columns of float64.
  static Columns wide(BufferAllocator allocator, int columns, int rows, RandomGenerator random) {
    ArrowType type = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    List<Field> fields =
        IntStream.range(0, columns).mapToObj(column -> field("c" + column, type)).toList();
    return new Columns(allocator, new Schema(fields), rows, random);
  }

  /// One column of so many texts, hardly two of them the same.
  static Columns texts(BufferAllocator allocator, int rows, RandomGenerator random) {
    return new Columns(
        allocator, new Schema(List.of(field("text", ArrowType.Utf8.INSTANCE))), rows, random);
  }

  private boolean isText(int column) {
    return schema.getFields().get(column).getType() instanceof ArrowType.Utf8;
  }

  private int width(int column) {
    if (isText(column)) {
      return TEXT_BYTES;
    }
    return schema.getFields().get(column).getType() instanceof ArrowType.Int whole
        ? whole.getBitWidth() / 8
        : 8;
  }

  Schema schema() {
    return schema;
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
    for (int column = 0; column < columns.size(); column++) {
      int width = width(column);
      nodes.add(new ArrowFieldNode(count, 0));
      ArrowBuf values = columns.get(column);
      buffers.add(values.getReferenceManager().getAllocator().getEmpty());
      if (isText(column)) {
        buffers.add(offsets.slice(0, (count + 1) * 4L));
      }
      buffers.add(values.slice((long) from * width, (long) count * width));
    }
    return new ArrowRecordBatch(count, nodes, buffers);
  }

  /// Compares every byte of a batch with the rows from `from` on.
  void requireEqual(VectorSchemaRoot batch, int from) {
    int count = batch.getRowCount();
    for (int column = 0; column < columns.size(); column++) {
      FieldVector vector = batch.getVector(column);
      int bytes = count * width(column);
      ByteBuffer actual = vector.getDataBuffer().nioBuffer(0, bytes);
      ByteBuffer expected = columns.get(column).nioBuffer((long) from * width(column), bytes);
      boolean sameTexts =
          !isText(column)
              || vector
                      .getOffsetBuffer()
                      .nioBuffer(0, (count + 1) * 4)
                      .mismatch(offsets.nioBuffer(0, (count + 1) * 4))
                  == -1;
      if (vector.getNullCount() != 0 || !sameTexts || actual.mismatch(expected) != -1) {
        throw new IllegalStateException(
            "wrong answer in column %s of rows %d to %d"
                .formatted(vector.getName(), from, from + count));
      }
    }
  }

  @Override
  public void close() {
    columns.forEach(ArrowBuf::close);
    offsets.close();
  }
}
