// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/// A schema on its own: one schema frame, as requests use it to declare an output.
public final class SchemaFrame {
  private SchemaFrame() {}

  /// The frame of a schema without dictionaries.
  public static ByteBuffer encode(Schema schema) throws BxlException {
    try (BxlFrame frame = new FrameEncoder(false).schema(schema)) {
      requireValid(frame, BxlLimits.DEFAULT);
      return frame.buffers().getFirst();
    }
  }

  /// The schema that the bytes from the position of `frame` to its limit hold.
  public static Schema decode(ByteBuffer frame, BxlLimits limits) throws BxlException {
    BxlValidator validator = new BxlValidator(limits);
    validator.frame(frame);
    return validator.schema().orElseThrow();
  }

  static void requireValid(BxlFrame frame, BxlLimits limits) throws BxlException {
    List<ByteBuffer> buffers = frame.buffers();
    new BxlValidator(limits).frame(buffers.getFirst());
  }
}
