// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.RawVectors.dictionary;
import static io.launchpad.bxl.RawVectors.field;
import static io.launchpad.bxl.RawVectors.required;
import static io.launchpad.bxl.RawVectors.schema;
import static io.launchpad.bxl.RawVectors.stream;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Vectors about schemas: checks 4 and 12.
final class RawSchemaVectors {
  private static final BxlError UNSUPPORTED = BxlError.UNSUPPORTED;
  private static final BxlError BAD_SCHEMA = BxlError.BAD_SCHEMA;

  private RawSchemaVectors() {}

  static void addTo(RawVectors to) {
    types(to);
    children(to);
    dictionaries(to);
    extensions(to);
    declared(to);
  }

  private static void add(
      RawVectors to, String name, BxlError error, String about, String column, Field... fields) {
    to.bad("schema-" + name, 4, error, 0, column, about, stream(schema(fields)).end());
  }

  private static Field of(ArrowType type) {
    return Field.nullable("v", type);
  }

  private static void types(RawVectors to) {
    add(to, "float16", UNSUPPORTED, "Half precision.", "v", field("v", "float16"));
    add(to, "date64", UNSUPPORTED, "Dates in milliseconds.", "v", field("v", "date64"));
    add(to, "decimal32", UNSUPPORTED, "Decimals of 32 bits.", "v", field("v", "decimal32(5,2)"));
    add(to, "utf8-view", UNSUPPORTED, "String views.", "v", field("v", "utf8_view"));
    add(to, "union", UNSUPPORTED, "A union.", "v", field("v", "union", field("a", "int32")));
    add(
        to,
        "nested-union",
        UNSUPPORTED,
        "A union in a list.",
        "l.item",
        field("l", "list", field("item", "union", field("a", "int32"))));
    add(to, "int24", BAD_SCHEMA, "Integers of 24 bits.", "v", of(new ArrowType.Int(24, true)));
    add(
        to,
        "decimal-precision",
        BAD_SCHEMA,
        "39 digits in 128 bits.",
        "v",
        of(new ArrowType.Decimal(39, 0, 128)));
    add(
        to,
        "decimal-precision-0",
        BAD_SCHEMA,
        "Decimals without digits.",
        "v",
        of(new ArrowType.Decimal(0, 0, 128)));
    add(
        to,
        "decimal-scale",
        UNSUPPORTED,
        "A negative scale.",
        "v",
        of(new ArrowType.Decimal(5, -2, 128)));
    add(
        to,
        "decimal-scale-large",
        UNSUPPORTED,
        "A scale above the precision.",
        "v",
        of(new ArrowType.Decimal(5, 6, 256)));
    add(
        to,
        "decimal-width",
        BAD_SCHEMA,
        "Decimals of 96 bits.",
        "v",
        of(new ArrowType.Decimal(5, 2, 96)));
    add(
        to,
        "time-width",
        BAD_SCHEMA,
        "Microseconds in 32 bits.",
        "v",
        of(new ArrowType.Time(TimeUnit.MICROSECOND, 32)));
    add(
        to,
        "fixed-size-binary-0",
        UNSUPPORTED,
        "Byte strings of 0 bytes.",
        "v",
        field("v", "fixed_size_binary(0)"));
    add(
        to,
        "fixed-size-binary-large",
        UNSUPPORTED,
        "Byte strings of 65,537 bytes.",
        "v",
        field("v", "fixed_size_binary(65537)"));
    add(
        to,
        "fixed-size-list-negative",
        BAD_SCHEMA,
        "Lists of -1.",
        "v",
        field("v", "fixed_size_list(-1)", field("item", "int8")));
    to.bad(
        "schema-big-endian",
        4,
        UNSUPPORTED,
        0,
        null,
        "Big-endian data.",
        new StreamBuilder().frame(FrameKind.SCHEMA, bigEndian(), new byte[0], 0, 0).end());
    Field deep = field("v", "int8");
    for (int level = 1; level < 17; level++) {
      deep = field("v", "list", deep);
    }
    add(
        to,
        "depth",
        BxlError.LIMIT_EXCEEDED,
        "17 levels, one more than the limit nesting depth.",
        "v" + ".v".repeat(16),
        deep);
  }

  private static ByteBuffer bigEndian() {
    FlatBufferBuilder builder = new FlatBufferBuilder();
    int[] fields = {field("v", "int32").getField(builder)};
    int vector = org.apache.arrow.flatbuf.Schema.createFieldsVector(builder, fields);
    org.apache.arrow.flatbuf.Schema.startSchema(builder);
    org.apache.arrow.flatbuf.Schema.addEndianness(builder, Endianness.Big);
    org.apache.arrow.flatbuf.Schema.addFields(builder, vector);
    int schema = org.apache.arrow.flatbuf.Schema.endSchema(builder);
    return StreamBuilder.message(builder, MessageHeader.Schema, schema, 0);
  }

  private static void children(RawVectors to) {
    add(to, "list-childless", BAD_SCHEMA, "A list without items.", "v", field("v", "list"));
    add(
        to,
        "list-children",
        BAD_SCHEMA,
        "A list with two children.",
        "v",
        field("v", "list", field("a", "int8"), field("b", "int8")));
    add(
        to,
        "int-child",
        BAD_SCHEMA,
        "An integer with a child.",
        "v",
        field("v", "int32", field("a", "int8")));
    add(
        to,
        "struct-names",
        BAD_SCHEMA,
        "A struct with two fields of one name.",
        "v",
        field("v", "struct", field("a", "int8"), field("a", "int16")));
    add(
        to,
        "map-entries",
        BAD_SCHEMA,
        "A map of integers.",
        "v",
        field("v", "map", required("entries", "int32")));
    add(
        to,
        "map-entries-nullable",
        BAD_SCHEMA,
        "A map whose entries may be null.",
        "v",
        field("v", "map", field("entries", "struct", required("k", "int8"), field("v", "int8"))));
    add(
        to,
        "map-key-nullable",
        BAD_SCHEMA,
        "A map whose keys may be null.",
        "v",
        field("v", "map", required("entries", "struct", field("k", "int8"), field("v", "int8"))));
    add(
        to,
        "map-fields",
        BAD_SCHEMA,
        "A map of keys without values.",
        "v",
        field("v", "map", required("entries", "struct", required("k", "int8"))));
  }

  private static void dictionaries(RawVectors to) {
    add(
        to,
        "dictionary-types",
        BAD_SCHEMA,
        "Two columns with one dictionary of different types.",
        "b",
        dictionary("a", 1, "int32", field("a", "utf8")),
        dictionary("b", 1, "int32", field("b", "int32")));
    add(
        to,
        "dictionary-in-dictionary",
        UNSUPPORTED,
        "A dictionary of structs that hold dictionary-encoded strings.",
        "a.x",
        dictionary(
            "a",
            1,
            "int32",
            field("a", "struct", dictionary("x", 2, "int32", field("x", "utf8")))));
  }

  private static void extensions(RawVectors to) {
    extension(to, "arrow.uuid", "fixed_size_binary(15)");
    extension(to, "arrow.json", "binary");
    extension(to, "launchpad.xml", "int32");
    extension(to, "launchpad.datetime2", "int32");
    extension(to, "launchpad.time", "uint64");
    add(
        to,
        "extension-launchpad-datetimeoffset",
        BAD_SCHEMA,
        "launchpad.datetimeoffset with ticks that may be null.",
        "v",
        RawVectors.extension(
            "v",
            "launchpad.datetimeoffset",
            "struct",
            field("ticks", "int64"),
            required("offset_minutes", "int16")));
  }

  private static void extension(RawVectors to, String name, String type) {
    add(
        to,
        "extension-" + name.replace(".", "-"),
        BAD_SCHEMA,
        name + " over " + type + ".",
        "v",
        RawVectors.extension("v", name, type));
  }

  private static void declared(RawVectors to) {
    String declared =
        """
        [{"name": "id", "type": "int64", "nullable": false}, \
        {"name": "name", "type": "utf8"}]
        """;
    Schema same = schema(field("ID", "int64"), field("Name", "utf8"));
    to.declared(
        "declared-columns",
        BxlError.SCHEMA_MISMATCH,
        0,
        null,
        "One column where two were declared.",
        declared,
        stream(schema(field("id", "int64"))).end());
    to.declared(
        "declared-type",
        BxlError.SCHEMA_MISMATCH,
        0,
        "name",
        "A column of another type than declared.",
        declared,
        stream(schema(field("id", "int64"), field("name", "large_utf8"))).end());
    to.declared(
        "declared-null",
        BxlError.BAD_VALUE,
        1,
        "ID",
        "A null in a column that is declared not nullable, although the stream allows it.",
        declared,
        stream(same, RawBatch.of(same, "[[\"1\", null], [\"a\", \"b\"]]")));
  }
}
