// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.RawVectors.dictionary;
import static io.launchpad.bxl.RawVectors.field;
import static io.launchpad.bxl.RawVectors.schema;
import static io.launchpad.bxl.RawVectors.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.arrow.vector.types.pojo.Schema;

/// Vectors about headers, order and limits: checks 1 and 2.
final class RawHeaderVectors {
  private static final Schema INTS = schema(field("v", "int32"));
  private static final Schema CITIES =
      schema(dictionary("city", 1, "int32", field("city", "utf8")));

  private RawHeaderVectors() {}

  static void addTo(RawVectors to) {
    headers(to);
    order(to);
    limits(to);
  }

  private static StreamBuilder ints() {
    return stream(INTS).batch(RawBatch.of(INTS, "[[1, null, 3]]"));
  }

  private static StreamBuilder cities(String values) {
    return stream(CITIES)
        .dictionary(1, RawBatch.of(schema(field("city", "utf8")), "[" + values + "]"));
  }

  private static void header(
      RawVectors to, String name, BxlError error, String about, Consumer<ByteBuffer> edit) {
    to.bad("header-" + name, 1, error, 1, null, about, ints().edit(edit).end());
  }

  private static void headers(RawVectors to) {
    BxlError wrong = BxlError.BAD_HEADER;
    header(to, "magic", BxlError.BAD_MAGIC, "Another magic.", b -> b.put(0, (byte) 'b'));
    header(to, "version", BxlError.BAD_MAGIC, "Version 2.", b -> b.put(3, (byte) '2'));
    header(to, "kind-0", wrong, "Kind 0.", b -> b.put(4, (byte) 0));
    header(to, "kind-5", wrong, "Kind 5.", b -> b.put(4, (byte) 5));
    header(to, "flags", wrong, "An unknown flag.", b -> b.put(5, (byte) 2));
    header(to, "reserved", wrong, "A reserved byte that is not zero.", b -> b.put(7, (byte) 1));
    header(
        to,
        "frame-length",
        wrong,
        "A frame length that is not the sum of the others.",
        b -> b.putLong(8, b.getLong(8) + 64));
    header(
        to,
        "metadata-length",
        wrong,
        "A metadata length that is no multiple of 64.",
        b -> b.putInt(16, b.getInt(16) + 8).putLong(8, b.getLong(8) + 8));
    header(
        to,
        "metadata-huge",
        wrong,
        "A metadata length of 2^32 - 64.",
        b -> b.putInt(16, -64).putLong(8, 64 + 0xFFFF_FFC0L + b.getLong(24)));
    header(
        to,
        "metadata-none",
        wrong,
        "A batch without metadata.",
        b -> b.putInt(16, 0).putLong(8, 64 + b.getLong(24)));
    header(
        to,
        "body-unaligned",
        wrong,
        "A body length that is no multiple of 64.",
        b -> b.putLong(24, b.getLong(24) + 8).putLong(8, b.getLong(8) + 8));
    header(to, "body-huge", wrong, "A body length of 2^64 - 64.", b -> b.putLong(24, -64));
    header(
        to,
        "body-overflow",
        wrong,
        "A body length of 2^63 - 64: the sum overflows.",
        b -> b.putLong(24, Long.MAX_VALUE - 63).putLong(8, Long.MIN_VALUE));
    header(to, "rows-huge", wrong, "A row count of 2^63.", b -> b.putLong(32, Long.MIN_VALUE));
    header(to, "dictionary-id", wrong, "A batch with a dictionary id.", b -> b.putLong(48, 1));
    header(to, "crc", wrong, "A CRC without its flag.", b -> b.putInt(20, 1));
    header(
        to,
        "checksum",
        BxlError.BAD_CHECKSUM,
        "A CRC that is not that of the frame.",
        b -> b.put(5, (byte) 1).putInt(20, 0x12345678));
    header(to, "frame-number", BxlError.BAD_SEQUENCE, "A frame is missing.", b -> b.putLong(40, 2));
    header(
        to,
        "stream-length",
        BxlError.BAD_SEQUENCE,
        "A stream length that is not the sum of the frames.",
        b -> b.putLong(56, b.getLong(56) + 64));
    to.bad(
        "header-schema-rows",
        1,
        wrong,
        0,
        null,
        "A schema frame with rows.",
        stream(INTS).edit(b -> b.putLong(32, 1)).end());
    to.bad(
        "header-schema-body",
        1,
        wrong,
        0,
        null,
        "A schema frame with a body.",
        stream(INTS).edit(b -> b.putLong(24, 64).putLong(8, b.getLong(8) + 64)).end());
    to.bad(
        "header-end-metadata",
        1,
        wrong,
        2,
        null,
        "An end frame with metadata.",
        ints().end().edit(b -> b.putInt(16, 64).putLong(8, 128)));
    to.bad(
        "header-dictionary-id-differs",
        1,
        wrong,
        1,
        null,
        "A dictionary id that is not the message's.",
        stream(
                schema(
                    dictionary("a", 1, "int32", field("a", "utf8")),
                    dictionary("b", 2, "int32", field("b", "utf8"))))
            .dictionary(1, RawBatch.of(schema(field("a", "utf8")), "[[\"x\"]]"))
            .edit(b -> b.putLong(48, 2))
            .end());
  }

  private static void order(RawVectors to) {
    to.bad(
        "order-batch-first",
        2,
        BxlError.BAD_ORDER,
        0,
        null,
        "A stream that starts with a batch.",
        new StreamBuilder().batch(RawBatch.of(INTS, "[[1]]")).end());
    to.bad(
        "order-end-first",
        2,
        BxlError.BAD_ORDER,
        0,
        null,
        "A stream that starts with its end.",
        new StreamBuilder().end());
    to.bad(
        "order-second-schema",
        2,
        BxlError.BAD_ORDER,
        1,
        null,
        "A second schema.",
        stream(INTS).schema(INTS).end());
    to.bad(
        "order-after-end",
        2,
        BxlError.BAD_ORDER,
        3,
        null,
        "A batch after the end.",
        ints().end().batch(RawBatch.of(INTS, "[[1]]")));
    to.bad("order-second-end", 2, BxlError.BAD_ORDER, 3, null, "A second end.", ints().end().end());
    to.bad(
        "end-rows",
        2,
        BxlError.BAD_COUNT,
        2,
        null,
        "An end frame that counts other rows than came.",
        ints().end().edit(b -> b.putLong(32, 4)));
    byte[] whole = ints().end().bytes();
    truncated(to, "nothing", 0, "No bytes at all.", new byte[0]);
    truncated(to, "header", 0, "The first header is cut.", Arrays.copyOf(whole, 63));
    truncated(to, "metadata", 0, "The first metadata is cut.", Arrays.copyOf(whole, 100));
    int schemaLength = stream(INTS).bytes().length;
    truncated(to, "schema-only", 1, "Only the schema frame.", Arrays.copyOf(whole, schemaLength));
    truncated(
        to,
        "body",
        1,
        "The body of the batch is cut.",
        Arrays.copyOf(whole, ints().bytes().length - 64));
    truncated(to, "no-end", 2, "Only the end frame is missing.", ints().bytes());
  }

  private static void truncated(
      RawVectors to, String name, long frame, String about, byte[] stream) {
    to.bad("truncated-" + name, 2, BxlError.TRUNCATED, frame, null, about, stream);
  }

  private static void limits(RawVectors to) {
    to.limit("frame-bytes", "frame bytes", 320, 1, null, ints().end());
    to.limit("metadata-bytes", "metadata bytes", 64, 0, null, ints().end());
    to.limit("batch-rows", "batch rows", 2, 1, null, ints().end());
    to.limit(
        "columns",
        "columns",
        2,
        0,
        "b.x",
        stream(schema(field("a", "int8"), field("b", "struct", field("x", "int8")))).end());
    to.limit("stream-bytes", "stream bytes", 600, 1, null, ints().end());
    to.limit(
        "stream-rows",
        "stream rows",
        5,
        2,
        null,
        ints().batch(RawBatch.of(INTS, "[[1, 2, 3]]")).end());
    to.limit("stream-frames", "stream frames", 2, 2, null, ints().end());
    to.limit(
        "dictionary-entries", "dictionary entries", 1, 1, null, cities("[\"a\", \"b\"]").end());
    to.limit("dictionary-bytes", "dictionary bytes", 64, 1, null, cities("[\"a\", \"b\"]").end());
    Schema text = schema(field("s", "utf8"));
    to.limit(
        "value-bytes",
        "value bytes",
        3,
        1,
        "s",
        stream(text, RawBatch.of(text, "[[\"abc\", \"abcd\"]]")));
  }
}
