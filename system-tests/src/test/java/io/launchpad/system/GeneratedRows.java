// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.client.ScriptInput;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Rows made as they are asked for: `id` counts, `part` is `id` divided by the rows of a part,
/// `value` is half of `id`.
final class GeneratedRows extends ArrowReader {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.notNullable("id", new ArrowType.Int(64, true)),
              Field.notNullable("part", new ArrowType.Int(64, true)),
              Field.notNullable(
                  "value", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));
  static final int ROW_BYTES = 24;

  private final long first;
  private final long end;
  private final long rowsPerPart;
  private final int batchRows;
  private final AtomicLong next;
  private CountDownLatch gate = new CountDownLatch(0);

  GeneratedRows(BufferAllocator allocator, long first, long rows, long rowsPerPart, int batchRows) {
    super(allocator);
    this.first = first;
    this.end = first + rows;
    this.rowsPerPart = rowsPerPart;
    this.batchRows = batchRows;
    next = new AtomicLong(first);
  }

  static GeneratedRows count(Engine engine, long rows) {
    return new GeneratedRows(engine.allocator(), 0, rows, Long.MAX_VALUE, 64 << 10);
  }

  ScriptInput input() {
    return ScriptInput.of("InputDataSet", this);
  }

  /// Twice as many rows as given, in two batches; the second comes when the gate opens.
  static GeneratedRows held(Engine engine, int rows, CountDownLatch gate) {
    var held = new GeneratedRows(engine.allocator(), 0, 2L * rows, Long.MAX_VALUE, rows);
    held.gate = gate;
    return held;
  }

  /// How many rows were taken so far; readable from any thread.
  long taken() {
    return next.get() - first;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    if (taken() > 0) {
      awaitGate();
    }
    prepareLoadNextBatch();
    VectorSchemaRoot root = getVectorSchemaRoot();
    long at = next.get();
    int rows = (int) Math.min(batchRows, end - at);
    if (rows == 0) {
      return false;
    }
    var id = (BigIntVector) root.getVector("id");
    var part = (BigIntVector) root.getVector("part");
    var value = (Float8Vector) root.getVector("value");
    id.allocateNew(rows);
    part.allocateNew(rows);
    value.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      id.set(row, at + row);
      part.set(row, (at + row) / rowsPerPart);
      value.set(row, (at + row) / 2.0);
    }
    root.setRowCount(rows);
    next.set(at + rows);
    return true;
  }

  private void awaitGate() throws IOException {
    try {
      if (!gate.await(Deadline.LONG.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("the gate stayed shut");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public long bytesRead() {
    return taken() * ROW_BYTES;
  }

  @Override
  protected void closeReadSource() {}

  @Override
  protected Schema readSchema() {
    return SCHEMA;
  }
}
