// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.RawVectors.dictionary;
import static io.launchpad.bxl.RawVectors.field;
import static io.launchpad.bxl.RawVectors.schema;
import static io.launchpad.bxl.RawVectors.stream;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.vector.types.pojo.Schema;

/// Vectors about the flatbuffer of a frame: check 3.
final class RawMetadataVectors {
  /// Where in a frame the flatbuffer starts.
  private static final int FLATBUFFER = 72;

  private static final Schema INTS = schema(field("v", "int32"));

  private RawMetadataVectors() {}

  static void addTo(RawVectors to) {
    prefix(to);
    structure(to);
    messages(to);
  }

  private static void metadata(
      RawVectors to, String name, String about, Consumer<ByteBuffer> edit) {
    to.bad(
        "metadata-" + name,
        3,
        BxlError.BAD_METADATA,
        1,
        null,
        about,
        stream(INTS).batch(RawBatch.of(INTS, "[[1, 2]]")).edit(edit).end());
  }

  private static void prefix(RawVectors to) {
    metadata(to, "prefix", "No continuation marker.", b -> b.putInt(64, 0));
    metadata(to, "size", "A size that is not the header's.", b -> b.putInt(68, b.getInt(68) - 8));
    metadata(to, "size-negative", "A negative size.", b -> b.putInt(68, -8));
  }

  private static void structure(RawVectors to) {
    metadata(to, "root-0", "A root at 0.", b -> b.putInt(FLATBUFFER, 0));
    metadata(to, "root-outside", "A root outside.", b -> b.putInt(FLATBUFFER, 0x7FFF_FFF0));
    metadata(to, "root-unaligned", "A root that is not aligned.", b -> bump(b, FLATBUFFER, 2));
    metadata(to, "vtable-outside", "A vtable outside.", b -> b.putInt(root(b), 0x4000_0000));
    metadata(
        to,
        "vtable-long",
        "A vtable longer than the metadata.",
        b -> b.putShort(vtable(b), (short) -2));
    metadata(to, "vtable-short", "A vtable of 2 bytes.", b -> b.putShort(vtable(b), (short) 2));
    metadata(
        to,
        "table-long",
        "A table longer than the metadata.",
        b -> b.putShort(vtable(b) + 2, (short) -1));
    metadata(
        to,
        "field-outside",
        "A field outside its table.",
        b -> b.putShort(vtable(b) + 4, (short) 0x7000));
    metadata(
        to,
        "field-unaligned",
        "A body length that is not aligned.",
        b -> b.putShort(vtable(b) + 10, (short) (b.getShort(vtable(b) + 10) + 1)));
    metadata(
        to,
        "no-header",
        "A message without its header.",
        b -> b.putShort(vtable(b) + 8, (short) 0));
    metadata(
        to,
        "header-outside",
        "The header of the message lies outside.",
        b -> b.putInt(slot(b, root(b), 2), 0x0100_0000));
    metadata(
        to,
        "vector-long",
        "A vector of nodes longer than the metadata.",
        b -> b.putInt(nodes(b), 0x0800_0000));
    metadata(to, "vector-overflow", "A vector of 2^32 - 1 nodes.", b -> b.putInt(nodes(b), -1));
    metadata(
        to,
        "version",
        "Metadata version V4.",
        b -> b.putShort(slot(b, root(b), 0), MetadataVersion.V4));
    metadata(
        to,
        "type-unknown",
        "A message of an unknown type.",
        b -> b.put(slot(b, root(b), 1), (byte) 6));
    metadata(to, "type-tensor", "A tensor.", b -> b.put(slot(b, root(b), 1), MessageHeader.Tensor));
    metadata(
        to,
        "type-differs",
        "A schema message in a batch frame.",
        b -> b.put(slot(b, root(b), 1), MessageHeader.Schema));
  }

  private static void messages(RawVectors to) {
    to.bad(
        "metadata-shared",
        3,
        BxlError.BAD_METADATA,
        1,
        null,
        "Metadata whose 1,000 entries are all the same one.",
        stream(INTS).frame(FrameKind.BATCH, shared(), new byte[0], 0, 0).end());
    Schema named = schema(field("name", "int32"));
    to.bad(
        "metadata-string-end",
        3,
        BxlError.BAD_METADATA,
        0,
        null,
        "A string that does not end with a zero byte.",
        stream(named).edit(b -> b.put(find(b, "name") + 4, (byte) 'x')).end());
    to.bad(
        "metadata-string-utf8",
        4,
        BxlError.BAD_UTF8,
        0,
        null,
        "A name that is not valid UTF-8.",
        stream(named).edit(b -> b.put(find(b, "name"), (byte) 0xFF)).end());
    Schema coded = schema(dictionary("city", 1, "int32", field("city", "utf8")));
    to.bad(
        "metadata-dictionary-empty",
        3,
        BxlError.BAD_METADATA,
        1,
        null,
        "A dictionary message without its values.",
        stream(coded)
            .dictionary(1, RawBatch.of(schema(field("city", "utf8")), "[[\"x\"]]"))
            .edit(b -> {
              int dictionary = target(b, slot(b, root(b), 2));
              b.putShort(dictionary - b.getInt(dictionary) + 6, (short) 0);
            })
            .end());
  }

  private static ByteBuffer shared() {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int text = builder.createString("x".repeat(500));
    int pair = KeyValue.createKeyValue(builder, text, text);
    int[] pairs = new int[1000];
    Arrays.fill(pairs, pair);
    int metadata = Message.createCustomMetadataVector(builder, pairs);
    int batch = RawBatch.of(INTS, "[[]]").writeTo(builder);
    Message.startMessage(builder);
    Message.addVersion(builder, MetadataVersion.V5);
    Message.addHeaderType(builder, MessageHeader.RecordBatch);
    Message.addHeader(builder, batch);
    Message.addCustomMetadata(builder, metadata);
    builder.finish(Message.endMessage(builder));
    return builder.dataBuffer();
  }

  private static void bump(ByteBuffer frame, int at, int by) {
    frame.putInt(at, frame.getInt(at) + by);
  }

  private static int root(ByteBuffer frame) {
    return target(frame, FLATBUFFER);
  }

  private static int vtable(ByteBuffer frame) {
    return root(frame) - frame.getInt(root(frame));
  }

  private static int target(ByteBuffer frame, int at) {
    return at + frame.getInt(at);
  }

  /// Where the value of one field of a table is.
  private static int slot(ByteBuffer frame, int table, int slot) {
    return table + frame.getShort(table - frame.getInt(table) + 4 + 2 * slot);
  }

  private static int nodes(ByteBuffer frame) {
    return target(frame, slot(frame, target(frame, slot(frame, root(frame), 2)), 1));
  }

  private static int find(ByteBuffer frame, String text) {
    for (int at = 0; at <= frame.limit() - text.length(); at++) {
      boolean found = true;
      for (int i = 0; i < text.length(); i++) {
        found &= frame.get(at + i) == text.charAt(i);
      }
      if (found) {
        return at;
      }
    }
    throw new IllegalArgumentException(text);
  }
}
