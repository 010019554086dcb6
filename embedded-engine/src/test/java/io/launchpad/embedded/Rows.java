// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.embedded.arrow.CellReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Batches made by hand.
public final class Rows extends ArrowReader {

  private final Schema schema;
  private final List<Consumer<VectorSchemaRoot>> batches;
  private int next;

  private Rows(BufferAllocator allocator, Schema schema, List<Consumer<VectorSchemaRoot>> batches) {
    super(allocator);
    this.schema = schema;
    this.batches = batches;
  }

  /// Rows in batches, of which each fills the vectors and sets the row count.
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static Rows of(
      BufferAllocator allocator, List<Field> fields, Consumer<VectorSchemaRoot>... batches) {
    return new Rows(allocator, new Schema(fields), List.of(batches));
  }

  static Rows none(BufferAllocator allocator) {
    return of(allocator, List.of());
  }

  /// All values of a reader as carriers, one list for each row. Closes the reader.
  public static List<List<Object>> all(ArrowReader reader) throws IOException {
    var rows = new ArrayList<List<Object>>();
    try (reader) {
      while (reader.loadNextBatch()) {
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        List<CellReader> cells = root.getFieldVectors().stream().map(CellReader::of).toList();
        for (int row = 0; row < root.getRowCount(); row++) {
          var values = new ArrayList<Object>();
          for (CellReader cell : cells) {
            values.add(cell.read(row));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  @Override
  protected Schema readSchema() {
    return schema;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    ensureInitialized();
    VectorSchemaRoot root = getVectorSchemaRoot();
    root.clear();
    if (next == batches.size()) {
      return false;
    }
    root.getFieldVectors().forEach(FieldVector::allocateNew);
    batches.get(next++).accept(root);
    return true;
  }

  @Override
  public long bytesRead() {
    return 0;
  }

  @Override
  protected void closeReadSource() {}
}
