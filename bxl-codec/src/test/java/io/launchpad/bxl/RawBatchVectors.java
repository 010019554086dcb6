// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.RawVectors.dictionary;
import static io.launchpad.bxl.RawVectors.field;
import static io.launchpad.bxl.RawVectors.schema;
import static io.launchpad.bxl.RawVectors.stream;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Vectors about nodes and buffers: checks 5 and 6.
final class RawBatchVectors {
  private static final Field INT = field("v", "int32");
  private static final Field TEXT = field("v", "utf8");
  private static final Field LIST = field("v", "list", field("item", "int32"));
  private static final BxlError BAD_COUNT = BxlError.BAD_COUNT;
  private static final BxlError BAD_BUFFER = BxlError.BAD_BUFFER;

  private RawBatchVectors() {}

  static void addTo(RawVectors to) {
    nodes(to);
    nested(to);
    messages(to);
    buffers(to);
  }

  /// One batch of one column, changed.
  static void add(
      RawVectors to,
      String name,
      int check,
      BxlError error,
      @Nullable String column,
      String about,
      Field field,
      String values,
      UnaryOperator<RawBatch> change) {
    Schema schema = schema(field);
    RawBatch batch = change.apply(RawBatch.of(schema, "[" + values + "]"));
    to.bad(name, check, error, 1, column, about, stream(schema, batch));
  }

  private static void count(
      RawVectors to,
      String name,
      @Nullable String column,
      String about,
      UnaryOperator<RawBatch> change) {
    add(to, "count-" + name, 5, BAD_COUNT, column, about, INT, "[1, null, 3]", change);
  }

  private static void nodes(RawVectors to) {
    count(to, "node-missing", "v", "No node for the column.", RawBatch::dropNode);
    count(to, "node-extra", null, "A node for no column.", b -> b.addNode(0, 0));
    count(to, "buffer-missing", "v", "No values for the column.", RawBatch::dropBuffer);
    count(to, "buffer-extra", null, "A buffer for no column.", b -> b.addBuffer(1));
    count(to, "node-long", "v", "A column longer than the batch.", b -> b.node(0, 4, 1));
    count(to, "node-short", "v", "A column shorter than the batch.", b -> b.node(0, 2, 1));
    count(to, "node-negative", "v", "A negative length.", b -> b.node(0, -1, 0));
    count(to, "nulls-negative", "v", "A null count of -1.", b -> b.node(0, 3, -1));
    count(to, "nulls-many", "v", "More nulls than values.", b -> b.node(0, 3, 4));
    count(
        to,
        "variadic",
        null,
        "Variadic buffers.",
        b -> {
          b.variadicCounts.add(1L);
          return b;
        });
  }

  private static void nested(RawVectors to) {
    add(
        to,
        "count-struct-child",
        5,
        BAD_COUNT,
        "v.a",
        "A field of a struct shorter than the struct.",
        field("v", "struct", field("a", "int32")),
        "[{\"a\": 1}, {\"a\": 2}]",
        b -> b.node(1, 1, 0));
    add(
        to,
        "count-fixed-size-list",
        5,
        BAD_COUNT,
        "v.item",
        "Three items in two lists of two.",
        field("v", "fixed_size_list(2)", field("item", "int32")),
        "[[1, 2], [3, 4]]",
        b -> b.node(1, 3, 0));
    add(
        to,
        "count-items",
        5,
        BxlError.LIMIT_EXCEEDED,
        "v.item",
        "A billion items in a short body, for they are of the null type.",
        field("v", "list", field("item", "null")),
        "[[null]]",
        b -> b.node(1, 1_000_000_000, 0).edit(1, bytes -> bytes.putInt(4, 1_000_000_000)));
    add(
        to,
        "count-fixed-items",
        5,
        BxlError.LIMIT_EXCEEDED,
        "v",
        "A billion items in a short body, for each list has that many.",
        field("v", "fixed_size_list(1000000000)", field("item", "null")),
        "[null]",
        b -> b.node(1, 1_000_000_000, 0));
  }

  private static void messages(RawVectors to) {
    Schema ints = schema(INT);
    to.bad(
        "count-rows",
        5,
        BAD_COUNT,
        1,
        null,
        "A row count that is not the message's.",
        stream(ints).batch(RawBatch.of(ints, "[[1, 2]]")).edit(b -> b.putLong(32, 1)).end());
    to.bad(
        "count-body-length",
        5,
        BAD_COUNT,
        1,
        null,
        "A body length that is not the message's.",
        stream(ints)
            .frame(FrameKind.BATCH, message(RawBatch.of(ints, "[[1]]"), 128), new byte[64], 1, 0)
            .end());
    to.bad(
        "compressed",
        3,
        BxlError.UNSUPPORTED,
        1,
        null,
        "Compression that nobody agreed on.",
        stream(ints, compressed(RawBatch.of(ints, "[[1]]"))));
    Schema cities = schema(dictionary("city", 1, "int32", field("city", "utf8")));
    to.bad(
        "dictionary-delta",
        3,
        BxlError.UNSUPPORTED,
        1,
        null,
        "A delta dictionary.",
        stream(cities)
            .dictionary(1, RawBatch.of(schema(field("city", "utf8")), "[[\"x\"]]"), true)
            .end());
  }

  private static ByteBuffer message(RawBatch batch, long bodyLength) {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    return StreamBuilder.message(
        builder, MessageHeader.RecordBatch, batch.writeTo(builder), bodyLength);
  }

  private static RawBatch compressed(RawBatch batch) {
    batch.compressed = true;
    return batch;
  }

  private static void buffer(
      RawVectors to,
      String name,
      @Nullable String column,
      String about,
      UnaryOperator<RawBatch> change) {
    add(to, "buffer-" + name, 6, BAD_BUFFER, column, about, INT, "[1, null, 3]", change);
  }

  private static void buffers(RawVectors to) {
    buffer(to, "outside", null, "A buffer after the body.", b -> b.announce(1, 128, 12));
    buffer(to, "across", null, "A buffer that ends after the body.", b -> b.announce(1, 64, 72));
    buffer(to, "negative", null, "A negative offset.", b -> b.announce(1, -8, 12));
    buffer(to, "length-negative", null, "A negative length.", b -> b.announce(1, 64, -8));
    buffer(
        to,
        "overflow",
        null,
        "Offset and length whose sum overflows.",
        b -> b.announce(1, Long.MAX_VALUE - 7, 16));
    buffer(to, "unaligned", null, "An offset of 68.", b -> b.announce(1, 68, 12));
    buffer(to, "overlap", null, "Values that lie over the validity.", b -> b.announce(1, 0, 12));
    buffer(to, "validity-missing", "v", "A null, but no validity.", b -> b.announce(0, 0, 0));
    buffer(to, "values-short", "v", "Values for two of three rows.", b -> b.announce(1, 64, 8));
    buffer(to, "values-none", "v", "No bytes of values.", b -> b.announce(1, 64, 0));
    add(
        to,
        "buffer-validity-short",
        6,
        BAD_BUFFER,
        "v",
        "One byte of validity for nine rows.",
        INT,
        "[1, null, 3, 4, 5, 6, 7, 8, 9]",
        b -> b.announce(0, 0, 1));
    add(
        to,
        "buffer-validity-count",
        6,
        BAD_COUNT,
        "v",
        "Two zeros in the validity where one null is announced.",
        INT,
        "[1, null, 3]",
        b -> b.buffer(0, 0b001));
    add(
        to,
        "buffer-validity-count-0",
        6,
        BAD_COUNT,
        "v",
        "A zero in the validity where no null is announced.",
        INT,
        "[1, null, 3]",
        b -> b.node(0, 3, 0));
    add(
        to,
        "buffer-bool-short",
        6,
        BAD_BUFFER,
        "v",
        "One byte of booleans for nine rows.",
        field("v", "bool"),
        "[true, true, true, true, true, true, true, true, true]",
        b -> b.announce(1, 0, 1));
    add(
        to,
        "buffer-offsets-short",
        6,
        BAD_BUFFER,
        "v",
        "As many offsets as strings, not one more.",
        TEXT,
        "[\"a\", \"b\"]",
        b -> b.announce(1, 0, 8));
    add(
        to,
        "buffer-list-offsets-none",
        6,
        BAD_BUFFER,
        "v",
        "Lists without offsets.",
        LIST,
        "[[1], [2]]",
        b -> b.announce(1, 0, 0));
    add(
        to,
        "buffer-fixed-size-binary-short",
        6,
        BAD_BUFFER,
        "v",
        "Five bytes for two values of three.",
        field("v", "fixed_size_binary(3)"),
        "[\"616263\", \"646566\"]",
        b -> b.announce(1, 0, 5));
  }
}
