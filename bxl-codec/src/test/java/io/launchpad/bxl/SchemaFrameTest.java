// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class SchemaFrameTest {

  @Test
  void decode_returnsWhatEncodeWasGiven() throws BxlException {
    Schema schema =
        RawVectors.schema(
            RawVectors.required("id", "int64"),
            RawVectors.field("price", "decimal128(38,4)"),
            RawVectors.field("tags", "list", RawVectors.field("item", "utf8")));
    assertEquals(schema, SchemaFrame.decode(SchemaFrame.encode(schema), BxlLimits.DEFAULT));
  }

  @Test
  void encode_refusesATypeThatBxlDoesNotCarry() {
    Schema schema = RawVectors.schema(RawVectors.field("v", "date64"));
    BxlException refusal = assertThrows(BxlException.class, () -> SchemaFrame.encode(schema));
    assertEquals(BxlError.UNSUPPORTED, refusal.error());
  }

  @Test
  void decode_refusesWhatFollowsTheFrame() throws BxlException {
    ByteBuffer frame = SchemaFrame.encode(RawVectors.schema());
    ByteBuffer longer = ByteBuffer.allocate(frame.remaining() + 64).put(frame).clear();
    BxlException refusal =
        assertThrows(BxlException.class, () -> SchemaFrame.decode(longer, BxlLimits.DEFAULT));
    assertEquals(BxlError.BAD_HEADER, refusal.error());
  }
}
