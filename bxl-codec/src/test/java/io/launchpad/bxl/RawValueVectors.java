// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.RawVectors.dictionary;
import static io.launchpad.bxl.RawVectors.field;
import static io.launchpad.bxl.RawVectors.required;
import static io.launchpad.bxl.RawVectors.schema;
import static io.launchpad.bxl.RawVectors.stream;

import java.util.function.UnaryOperator;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// Vectors about values: checks 7 to 11, and what a reader must tolerate.
final class RawValueVectors {
  private static final Field TEXT = field("v", "utf8");
  private static final Schema CITIES =
      schema(dictionary("city", 1, "int32", field("city", "utf8")));
  private static final Schema CITY = schema(field("city", "utf8"));
  private static final Schema INDICES = schema(field("city", "int32"));

  private RawValueVectors() {}

  static void addTo(RawVectors to) {
    offsets(to);
    strings(to);
    indices(to);
    numbers(to);
    nulls(to);
    tolerance(to);
  }

  private static void offset(
      RawVectors to, String name, String about, Field field, String values, int at, long offset) {
    boolean large = field.getType().toString().startsWith("Large");
    UnaryOperator<RawBatch> change =
        batch ->
            batch.edit(
                1,
                bytes -> {
                  if (large) {
                    bytes.putLong(8 * at, offset);
                  } else {
                    bytes.putInt(4 * at, (int) offset);
                  }
                });
    RawBatchVectors.add(
        to, "offsets-" + name, 7, BxlError.BAD_OFFSETS, "v", about, field, values, change);
  }

  private static void offsets(RawVectors to) {
    String texts = "[\"ab\", \"c\", \"\"]";
    offset(to, "first-negative", "The first offset is -1.", TEXT, texts, 0, -1);
    offset(to, "decreasing", "An offset is less than the one before.", TEXT, texts, 1, 4);
    offset(to, "negative", "An offset in the middle is -2^31.", TEXT, texts, 1, 1L << 31);
    offset(to, "outside", "The last offset is after the bytes.", TEXT, texts, 3, 4);
    offset(to, "far", "The last offset is 2^31 - 1.", TEXT, texts, 3, Integer.MAX_VALUE);
    Field large = field("v", "large_utf8");
    offset(to, "large-decreasing", "A 64-bit offset is less.", large, texts, 1, 4);
    offset(to, "large-outside", "A 64-bit offset is 2^32.", large, texts, 3, 1L << 32);
    offset(to, "large-negative", "A 64-bit offset is -2^63.", large, texts, 2, Long.MIN_VALUE);
    Field list = field("v", "list", field("item", "int32"));
    offset(to, "list-decreasing", "A list ends before it starts.", list, "[[1], [2]]", 1, 3);
    offset(to, "list-outside", "A list ends after the items.", list, "[[1], [2]]", 2, 3);
    Field map =
        field("v", "map", required("entries", "struct", required("k", "int8"), field("v", "int8")));
    offset(to, "map-outside", "A map ends after the entries.", map, "[[[1, 2]]]", 1, 2);
    Field largeList = field("v", "large_list", field("item", "int32"));
    offset(to, "large-list-outside", "A large list ends at 2^40.", largeList, "[[1]]", 1, 1L << 40);
  }

  private static void utf8(RawVectors to, String name, String about, int... bytes) {
    RawBatchVectors.add(
        to,
        "utf8-" + name,
        8,
        BxlError.BAD_UTF8,
        "v",
        about,
        TEXT,
        "[\"abcdefgh\", \"" + "x".repeat(bytes.length) + "\", \"é\"]",
        batch ->
            batch.edit(
                2,
                data -> {
                  for (int i = 0; i < bytes.length; i++) {
                    data.put(8 + i, (byte) bytes[i]);
                  }
                }));
  }

  private static void strings(RawVectors to) {
    utf8(to, "ff", "The byte FF.", 0xFF);
    utf8(to, "continuation", "A continuation byte at the start.", 0x80);
    utf8(to, "cut", "A character that is cut at the end of the value.", 0xE2, 0x82);
    utf8(to, "overlong-2", "An overlong slash of 2 bytes.", 0xC0, 0xAF);
    utf8(to, "overlong-3", "An overlong form of 3 bytes.", 0xE0, 0x9F, 0xBF);
    utf8(to, "overlong-4", "An overlong form of 4 bytes.", 0xF0, 0x8F, 0xBF, 0xBF);
    utf8(to, "surrogate", "A surrogate.", 0xED, 0xA0, 0x80);
    utf8(to, "above", "A character above U+10FFFF.", 0xF4, 0x90, 0x80, 0x80);
    utf8(to, "5-bytes", "A sequence of 5 bytes.", 0xF8, 0x88, 0x80, 0x80, 0x80);
    RawBatchVectors.add(
        to,
        "utf8-split",
        8,
        BxlError.BAD_UTF8,
        "v",
        "A character that starts in one value and ends in the next.",
        TEXT,
        "[\"aé\", \"b\"]",
        batch -> batch.edit(1, offsets -> offsets.putInt(4, 2)));
    RawBatchVectors.add(
        to,
        "utf8-split-null",
        8,
        BxlError.BAD_UTF8,
        "v",
        "A character that starts in a value and ends in a null.",
        TEXT,
        "[\"aé\", null, \"b\"]",
        batch -> batch.edit(1, offsets -> offsets.putInt(4, 2)));
    RawBatchVectors.add(
        to,
        "utf8-large",
        8,
        BxlError.BAD_UTF8,
        "v",
        "The byte FF behind 64-bit offsets.",
        field("v", "large_utf8"),
        "[\"abc\"]",
        batch -> batch.edit(2, data -> data.put(1, (byte) 0xFF)));
    RawBatchVectors.add(
        to,
        "utf8-nested",
        8,
        BxlError.BAD_UTF8,
        "v.item.s",
        "The byte FF in a list of structs.",
        field("v", "list", field("item", "struct", field("s", "utf8"))),
        "[[{\"s\": \"abc\"}]]",
        batch -> batch.edit(5, data -> data.put(1, (byte) 0xFF)));
    to.bad(
        "utf8-dictionary",
        8,
        BxlError.BAD_UTF8,
        1,
        "city",
        "The byte FF in a dictionary.",
        stream(CITIES)
            .dictionary(
                1, RawBatch.of(CITY, "[[\"abc\"]]").edit(2, data -> data.put(1, (byte) 0xFF)))
            .end());
  }

  private static void index(RawVectors to, String name, String about, String type, String index) {
    Schema schema = schema(dictionary("city", 1, type, field("city", "utf8")));
    to.bad(
        "dictionary-" + name,
        9,
        BxlError.BAD_DICTIONARY,
        2,
        "city",
        about,
        stream(schema)
            .dictionary(1, RawBatch.of(CITY, "[[\"Bern\", \"Basel\"]]"))
            .batch(RawBatch.of(schema(field("city", type)), "[[" + index + "]]"))
            .end());
  }

  private static void indices(RawVectors to) {
    index(to, "index-end", "An index one past the end.", "int32", "0, 1, null, 2");
    index(to, "index-negative", "The index -1.", "int8", "0, -1");
    index(to, "index-uint8", "The index 255.", "uint8", "255");
    index(to, "index-uint16", "The index 65,535.", "uint16", "65535");
    index(to, "index-uint32", "The index 2^32 - 1.", "uint32", "4294967295");
    index(to, "index-uint64", "The index 2^64 - 1.", "uint64", "\"18446744073709551615\"");
    index(to, "index-int64", "The index 2^32.", "int64", "\"4294967296\"");
    to.bad(
        "dictionary-undefined",
        9,
        BxlError.BAD_DICTIONARY,
        1,
        null,
        "A batch before its dictionary, although all its rows are null.",
        stream(CITIES).batch(RawBatch.of(INDICES, "[[null]]")).end());
    to.bad(
        "dictionary-unknown",
        9,
        BxlError.BAD_DICTIONARY,
        1,
        null,
        "A dictionary that the schema does not name.",
        stream(CITIES).dictionary(2, RawBatch.of(CITY, "[[\"x\"]]")).end());
    to.bad(
        "dictionary-shrunk",
        9,
        BxlError.BAD_DICTIONARY,
        4,
        "city",
        "An index that was inside the dictionary before it was replaced.",
        stream(CITIES)
            .dictionary(1, RawBatch.of(CITY, "[[\"a\", \"b\"]]"))
            .batch(RawBatch.of(INDICES, "[[1]]"))
            .dictionary(1, RawBatch.of(CITY, "[[\"a\"]]"))
            .batch(RawBatch.of(INDICES, "[[1]]"))
            .end());
  }

  private static void value(
      RawVectors to, String name, String about, String type, String storage, String values) {
    Schema schema = schema(field("v", type));
    RawBatch batch = RawBatch.of(schema(field("v", storage)), "[" + values + "]");
    to.bad("value-" + name, 10, BxlError.BAD_VALUE, 1, "v", about, stream(schema, batch));
  }

  private static void numbers(RawVectors to) {
    String nines38 = "\"" + "9".repeat(38) + "\"";
    String ten37 = "\"1" + "0".repeat(37) + "\"";
    value(
        to, "decimal", "10^5 in 5 digits.", "decimal128(5,2)", "decimal128(38,0)", "[\"100000\"]");
    value(
        to,
        "decimal-negative",
        "-10^5 in 5 digits.",
        "decimal128(5,0)",
        "decimal128(38,0)",
        "[\"1\", \"-100000\"]");
    value(
        to,
        "decimal-37",
        "10^37 in 37 digits.",
        "decimal128(37,0)",
        "decimal128(38,0)",
        "[" + ten37 + "]");
    value(
        to,
        "decimal-minimum",
        "-2^127 in 38 digits.",
        "decimal128(38,0)",
        "fixed_size_binary(16)",
        "[\"00000000000000000000000000000080\"]");
    value(
        to,
        "decimal256",
        "38 nines in 37 digits.",
        "decimal256(37,0)",
        "decimal256(76,0)",
        "[" + nines38 + "]");
    value(
        to,
        "decimal256-minimum",
        "-2^255 in 76 digits.",
        "decimal256(76,0)",
        "fixed_size_binary(32)",
        "[\"" + "00".repeat(31) + "80\"]");
    value(to, "time32", "24:00:00.", "time32(s)", "int32", "[0, 86400]");
    value(to, "time32-negative", "-1 ms.", "time32(ms)", "int32", "[-1]");
    value(to, "time64", "24 hours in microseconds.", "time64(us)", "int64", "[\"86400000000\"]");
    value(to, "time64-negative", "-2^63 ns.", "time64(ns)", "int64", "[\"-9223372036854775808\"]");
  }

  private static void nulls(RawVectors to) {
    nulls(to, "column", "A null.", required("v", "int32"), "[1, null]", "v");
    nulls(
        to,
        "item",
        "A null item.",
        field("v", "list", required("item", "utf8")),
        "[[\"a\", null]]",
        "v.item");
    nulls(
        to,
        "field",
        "A null field of a struct that is not null.",
        field("v", "struct", required("a", "int32")),
        "[null, {\"a\": null}]",
        "v.a");
    nulls(
        to,
        "fixed-item",
        "A null item of a list that is not null.",
        field("v", "fixed_size_list(2)", required("item", "int32")),
        "[null, [1, null]]",
        "v.item");
    nulls(
        to,
        "map-value",
        "A null value of a map.",
        field(
            "v",
            "map",
            required("entries", "struct", required("k", "int8"), required("v", "int8"))),
        "[[[1, null]]]",
        "v.entries.v");
    nulls(to, "type", "A row of the null type.", required("v", "null"), "[null]", "v");
    Schema coded = schema(dictionary("city", 1, "int32", required("city", "utf8")));
    to.bad(
        "null-dictionary-entry",
        11,
        BxlError.BAD_VALUE,
        1,
        "city",
        "A null entry in the dictionary of a column that allows no nulls.",
        stream(coded).dictionary(1, RawBatch.of(CITY, "[[\"a\", null]]")).end());
  }

  private static void nulls(
      RawVectors to, String name, String about, Field field, String values, String column) {
    RawBatchVectors.add(
        to,
        "null-" + name,
        11,
        BxlError.BAD_VALUE,
        column,
        about + " No null is allowed there.",
        field,
        values,
        UnaryOperator.identity());
  }

  private static void tolerance(RawVectors to) {
    Schema text = schema(TEXT);
    to.good(
        "tolerated-utf8-under-null",
        "The bytes of a null string are not UTF-8.",
        "[{\"name\": \"v\", \"type\": \"utf8\"}]",
        "[{\"rows\": 3, \"columns\": [[\"é\", null, \"b\"]]}]",
        stream(
            text,
            RawBatch.of(text, "[[\"é\", null, \"b\"]]")
                .buffer(1, 0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0)
                .buffer(2, 0xC3, 0xA9, 0xFF, 0x80, 'b')));
    Schema time = schema(field("v", "time32(s)"));
    to.good(
        "tolerated-time-under-null",
        "A null time of day is out of its range.",
        "[{\"name\": \"v\", \"type\": \"time32(s)\"}]",
        "[{\"rows\": 2, \"columns\": [[5, null]]}]",
        stream(
            time, RawBatch.of(time, "[[5, null]]").buffer(1, 5, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF)));
    to.good(
        "tolerated-index-under-null",
        "A null index lies outside the dictionary.",
        "[{\"name\": \"city\", \"type\": \"utf8\", \"dictionary\": {\"id\": 1, \"index\": \"int32\"}}]",
        "[{\"rows\": 2, \"columns\": [[\"Bern\", null]]}]",
        stream(CITIES)
            .dictionary(1, RawBatch.of(CITY, "[[\"Bern\"]]"))
            .batch(
                RawBatch.of(INDICES, "[[0, null]]").buffer(1, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F))
            .end());
    to.good(
        "tolerated-no-offsets",
        "No values, and no offsets either.",
        "[{\"name\": \"v\", \"type\": \"utf8\"}]",
        "[{\"rows\": 0, \"columns\": [[]]}]",
        stream(text, RawBatch.of(text, "[[]]").buffer(1)));
    to.good(
        "tolerated-first-offset",
        "The first offset is not 0.",
        "[{\"name\": \"v\", \"type\": \"utf8\"}]",
        "[{\"rows\": 2, \"columns\": [[\"b\", \"c\"]]}]",
        stream(
            text,
            RawBatch.of(text, "[[\"b\", \"c\"]]")
                .buffer(1, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0)
                .buffer(2, 0xFF, 'b', 'c', 0xFF)));
    Schema ints = schema(field("v", "int32"));
    to.good(
        "tolerated-long-buffers",
        "Buffers longer than needed, with anything behind their end, and a validity without nulls.",
        "[{\"name\": \"v\", \"type\": \"int32\"}]",
        "[{\"rows\": 1, \"columns\": [[7]]}]",
        stream(
            ints,
            RawBatch.of(ints, "[[7]]")
                .buffer(0, 0x55, 0x55, 0x55)
                .buffer(1, 7, 0, 0, 0, 1, 2, 3, 4, 5)));
    to.good(
        "tolerated-alignment-8",
        "Buffers at multiples of 8, as Arrow's own writers lay them.",
        "[{\"name\": \"v\", \"type\": \"int32\"}]",
        "[{\"rows\": 3, \"columns\": [[1, null, 3]]}]",
        stream(
            ints,
            RawBatch.of(ints, "[[1, null, 3]]")
                .buffer(0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0)
                .buffer(1)
                .announce(0, 0, 1)
                .announce(1, 8, 12)));
    Schema nulls = schema(field("v", "fixed_size_list(1000)", field("item", "null")));
    String items = "[" + "null, ".repeat(999) + "null]";
    to.good(
        "tolerated-items-without-bytes",
        "A thousand items of the null type and no bytes for them.",
        "[{\"name\": \"v\", \"type\": \"fixed_size_list(1000)\", \"children\": [{\"name\": \"item\", \"type\": \"null\"}]}]",
        "[{\"rows\": 1, \"columns\": [[" + items + "]]}]",
        stream(nulls, RawBatch.of(nulls, "[[" + items + "]]")));
  }
}
