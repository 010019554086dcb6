// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.Bytes;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;

/// The parameters of a request: one row, one field each, as a BXL stream ready to be sent.
///
/// A field's name is the parameter's name without `@`, its metadata `launchpad:direction` says
/// `in`, `out` or `inout`.
final class Parameters implements AutoCloseable {
  private static final String DIRECTION = "launchpad:direction";

  private final ReadyFrames row;
  private final boolean anyOut;

  Parameters(VectorSchemaRoot row, BufferAllocator allocator) throws IOException {
    if (row.getRowCount() != 1) {
      throw new IllegalArgumentException(
          "parameters are one row, not " + row.getRowCount() + " rows");
    }
    anyOut = row.getSchema().getFields().stream().anyMatch(Parameters::comesBack);
    this.row =
        new ReadyFrames(
            row,
            new DictionaryProvider.MapDictionaryProvider(),
            BxlWriterOptions.DEFAULT,
            allocator);
  }

  private static boolean comesBack(Field field) {
    String direction = field.getMetadata().getOrDefault(DIRECTION, "in");
    return direction.equals("out") || direction.equals("inout");
  }

  boolean anyOut() {
    return anyOut;
  }

  long length() {
    return row.length();
  }

  /// The whole stream, for parameters that are small enough to stand in the request.
  Bytes inline() {
    return row.inline();
  }

  /// Hands the frames over to who sends them.
  List<BxlFrame> takeFrames() {
    return row.take();
  }

  @Override
  public void close() {
    row.close();
  }
}
