// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// An Arrow reader over batches: the vectors change owners, their values are not copied.
final class BatchReader extends ArrowReader {
  private final Schema wireSchema;
  private final BatchFeed feed;
  private final boolean keeps;
  private final Set<Dictionary> loaded = new HashSet<>();
  private long bytes;

  /// @param keeps whether the batches are still somebody else's and are to be left as they are
  BatchReader(BufferAllocator allocator, Schema wireSchema, BatchFeed feed, boolean keeps) {
    super(allocator);
    this.wireSchema = wireSchema;
    this.feed = feed;
    this.keeps = keeps;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    @Nullable Batch next = feed.next();
    if (next == null) {
      return false;
    }
    Batch batch = keeps ? next.slice(0, next.rowCount()) : next;
    try (batch) {
      loadDictionaries(batch.dictionaries());
      VectorSchemaRoot root = getVectorSchemaRoot();
      for (int i = 0; i < root.getFieldVectors().size(); i++) {
        bytes += batch.rows().getVector(i).getBufferSize();
        batch.rows().getVector(i).makeTransferPair(root.getVector(i)).transfer();
      }
      root.setRowCount(batch.rowCount());
    }
    return true;
  }

  private void loadDictionaries(DictionarySet dictionaries) throws IOException {
    for (long id : getDictionaryVectors().keySet()) {
      Dictionary found = dictionaries.lookup(id);
      Dictionary own = getDictionaryVectors().get(id);
      if (found == null || own == null) {
        throw new IllegalStateException("dictionary " + id + " is not there");
      }
      if (loaded.add(found)) {
        var values = found.getVector();
        values.makeTransferPair(own.getVector()).splitAndTransfer(0, values.getValueCount());
      }
    }
  }

  @Override
  public long bytesRead() {
    return bytes;
  }

  @Override
  protected void closeReadSource() {
    // The session closes its streams.
  }

  @Override
  protected Schema readSchema() {
    return wireSchema;
  }
}
