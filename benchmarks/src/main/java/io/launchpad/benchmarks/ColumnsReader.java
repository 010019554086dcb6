// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/// Gives a table's rows in batches, over and over until there were enough.
final class ColumnsReader extends ArrowReader {
  static final int BATCH_ROWS = 65_536;

  private final Columns columns;
  private long left;
  private int from;

  ColumnsReader(BufferAllocator allocator, Columns columns, long rows) {
    super(allocator);
    this.columns = columns;
    left = rows;
  }

  @Override
  public boolean loadNextBatch() throws java.io.IOException {
    prepareLoadNextBatch();
    int count = (int) Math.min(left, Math.min(BATCH_ROWS, columns.rows() - from));
    if (count == 0) {
      return false;
    }
    loadRecordBatch(columns.batch(from, count));
    left -= count;
    from = (from + count) % columns.rows();
    return true;
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  protected void closeReadSource() {}

  @Override
  protected Schema readSchema() {
    return columns.schema();
  }
}
