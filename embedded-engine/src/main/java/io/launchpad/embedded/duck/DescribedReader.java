// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.client.DelegatingReader;
import io.launchpad.embedded.arrow.ArrowTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// A reader whose schema also says what the engine calls the types of the columns.
final class DescribedReader extends DelegatingReader {

  private final List<String> sqlTypes;
  private @Nullable VectorSchemaRoot described;

  /// @param sqlTypes one for each column
  DescribedReader(BufferAllocator allocator, ArrowReader source, List<String> sqlTypes) {
    super(allocator, source);
    this.sqlTypes = sqlTypes;
  }

  /// The source's own vectors under the described schema.
  @Override
  public VectorSchemaRoot getVectorSchemaRoot() throws IOException {
    if (described == null) {
      VectorSchemaRoot root = super.getVectorSchemaRoot();
      List<Field> fields = root.getSchema().getFields();
      var named = new ArrayList<Field>();
      for (int i = 0; i < fields.size(); i++) {
        named.add(ArrowTypes.named(fields.get(i), sqlTypes.get(i)));
      }
      var schema = new Schema(named, root.getSchema().getCustomMetadata());
      described = new VectorSchemaRoot(schema, root.getFieldVectors(), root.getRowCount());
    }
    return described;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    VectorSchemaRoot root = getVectorSchemaRoot();
    boolean loaded = super.loadNextBatch();
    root.setRowCount(super.getVectorSchemaRoot().getRowCount());
    return loaded;
  }
}
