// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// Tables for tests: `n` counts up over all batches, `text` spells it.
final class Tables {
  static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.notNullable("n", new ArrowType.Int(64, true)),
              Field.nullable("text", ArrowType.Utf8.INSTANCE)));

  private Tables() {}

  /// A reader that fills the same vectors again for each batch.
  static ArrowReader counting(BufferAllocator allocator, int batches, int rows) {
    return new ArrowReader(allocator) {
      private int batch;

      @Override
      public boolean loadNextBatch() throws java.io.IOException {
        if (batch == batches) {
          return false;
        }
        VectorSchemaRoot root = getVectorSchemaRoot();
        fill(root, (long) batch * rows, rows);
        batch++;
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
        return SCHEMA;
      }
    };
  }

  private static void fill(VectorSchemaRoot root, long first, int rows) {
    var n = (BigIntVector) root.getVector("n");
    var text = (VarCharVector) root.getVector("text");
    text.reset();
    for (int i = 0; i < rows; i++) {
      n.setSafe(i, first + i);
      if (i % 5 == 0) {
        text.setNull(i);
      } else {
        text.setSafe(i, Long.toString(first + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    root.setRowCount(rows);
  }

  /// One row of parameters that come back.
  static VectorSchemaRoot parameters(BufferAllocator allocator, byte[] text) {
    var root =
        VectorSchemaRoot.create(
            new Schema(
                List.of(
                    new Field(
                        "p",
                        new FieldType(
                            true,
                            ArrowType.Utf8.INSTANCE,
                            null,
                            Map.of("launchpad:direction", "inout")),
                        List.of()))),
            allocator);
    ((VarCharVector) root.getVector("p")).setSafe(0, text);
    root.setRowCount(1);
    return root;
  }
}
