// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class BxlValidatorTest {
  private static final Schema INTS = RawVectors.schema(RawVectors.field("v", "int32"));

  @Test
  void header_needsNoMoreThan64BytesAndChangesNothing() throws BxlException {
    byte[] stream = RawVectors.stream(INTS).end().bytes();
    BxlValidator validator = new BxlValidator(BxlLimits.DEFAULT);
    for (int i = 0; i < 2; i++) {
      ByteBuffer first = ByteBuffer.wrap(stream, 0, 64);
      assertEquals(FrameKind.SCHEMA, validator.header(first).kind());
      assertEquals(64, first.remaining());
    }
    assertEquals(new BxlTotals(0, 0, 0), validator.totals());
    assertEquals(Optional.empty(), validator.schema());
  }

  @Test
  void frame_takesDirectBuffersFromTheirPosition() throws BxlException {
    byte[] stream = RawVectors.stream(INTS).bytes();
    ByteBuffer direct = ByteBuffer.allocateDirect(stream.length + 100).position(100).put(stream);
    BxlValidator validator = new BxlValidator(BxlLimits.DEFAULT);
    validator.frame(direct.position(100));
    assertEquals(Optional.of(INTS), validator.schema());
    assertFalse(validator.ended());
    assertEquals(BxlError.TRUNCATED, assertThrows(BxlException.class, validator::finish).error());
  }

  @Test
  void frame_staysSmallWhenALongNameStandsAboveManyFields() throws BxlException {
    Field[] children =
        IntStream.range(0, 4_000)
            .mapToObj(i -> RawVectors.field("c" + i, "int8"))
            .toArray(Field[]::new);
    Schema schema = RawVectors.schema(RawVectors.field("x".repeat(4 << 20), "struct", children));
    ByteBuffer frame = ByteBuffer.wrap(RawVectors.stream(schema).bytes());
    BxlValidator validator = new BxlValidator(BxlLimits.DEFAULT);
    validator.frame(frame);
    assertEquals(Optional.of(schema), validator.schema());
  }

  @Test
  void message_staysShortWhateverTheStreamSays() {
    Schema schema =
        RawVectors.schema(
            RawVectors.field(
                "x".repeat(1 << 20),
                "timestamp(us," + "z".repeat(1 << 20) + ")",
                RawVectors.field("y", "int8")));
    ByteBuffer frame = ByteBuffer.wrap(RawVectors.stream(schema).bytes());
    BxlException refusal =
        assertThrows(BxlException.class, () -> new BxlValidator(BxlLimits.DEFAULT).frame(frame));
    assertEquals(BxlError.BAD_SCHEMA, refusal.error());
    assertTrue(String.valueOf(refusal.getMessage()).length() < 2_000);
  }

  @Test
  void expecting_ignoresNamesAndDictionaries() throws BxlException {
    Schema declared = RawVectors.schema(RawVectors.field("name", "utf8"));
    Schema actual =
        RawVectors.schema(
            RawVectors.dictionary("NAME", 1, "int8", RawVectors.field("NAME", "utf8")));
    BxlValidator validator = BxlValidator.expecting(declared, BxlLimits.DEFAULT);
    BxlVector.validate(RawVectors.stream(actual).end().bytes(), validator);
    assertTrue(validator.ended());
  }
}
