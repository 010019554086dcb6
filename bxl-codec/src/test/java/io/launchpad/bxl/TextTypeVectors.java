// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.TypeVectors.extension;
import static io.launchpad.bxl.TypeVectors.field;
import static io.launchpad.bxl.TypeVectors.value;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.launchpad.bxl.TypeVectors.Value;
import java.util.ArrayList;
import java.util.List;

/// Text, bytes, and what is written as them.
final class TextTypeVectors {
  private TextTypeVectors() {}

  static void addTo(TypeVectors vectors) {
    vectors.add("sql-char", "char(10)", field("utf8"), padded(10));
    vectors.add("sql-nchar", "nchar(10)", field("utf8"), padded(10));
    vectors.add("sql-varchar", "varchar(8000)", field("utf8"), texts(8000));
    vectors.add("sql-nvarchar", "nvarchar(4000)", field("utf8"), texts(4000));
    vectors.add("sql-varchar-max", "varchar(max)", field("utf8"), texts(9_000));
    vectors.add("sql-nvarchar-max", "nvarchar(max)", field("large_utf8"), texts(70_000));
    ObjectNode collated = field("utf8");
    collated.putObject("metadata").put("launchpad:collation", "Latin1_General_100_CI_AS_SC_UTF8");
    vectors.add("sql-collation", "varchar(100)", collated, texts(100));
    vectors.add("sql-binary", "binary(4)", field("fixed_size_binary(4)"), bytes(4));
    vectors.add("sql-varbinary", "varbinary(8000)", field("binary"), bytes(0, 1, 4, 8000));
    vectors.add("sql-varbinary-max", "varbinary(max)", field("large_binary"), bytes(0, 1, 70_000));
    vectors.add(
        "sql-uniqueidentifier",
        "uniqueidentifier",
        extension("arrow.uuid", "fixed_size_binary(16)"),
        List.of(
            value("nil", "00000000000000000000000000000000"),
            value("all ones", "ffffffffffffffffffffffffffffffff"),
            value("every byte another", "00112233445566778899aabbccddeeff"),
            value("time ordered", "017f22e279b07cc398c4dc0c0c07398f")));
    vectors.add(
        "sql-xml",
        "xml",
        extension("launchpad.xml", "utf8"),
        List.of(
            value("smallest", "<a/>"),
            value("fragment", "<a/>text<b>&lt;🙂&#x2028;</b>"),
            value(
                "declared", "<?xml version=\"1.0\"?>\r\n<é xmlns:x=\"urn:x\"><![CDATA[<>&]]></é>"),
            value("empty", "")));
    vectors.add(
        "sql-json",
        "json",
        extension("arrow.json", "utf8"),
        List.of(
            value("null of JSON", "null"),
            value("number beyond double", "{\"n\": 12345678901234567890.000000001}"),
            value("keys twice", "{\"a\":1,\"a\":2}"),
            value("escapes", "\"\\u0000\\ud83d\\ude42🙂\""),
            value("spaces", " [ 1 ,\t2 ] ")));
  }

  private static List<Value> texts(int longest) {
    return List.of(
        value("empty", ""),
        value("one space", " "),
        value("spaces around", "  a  "),
        value("emoji", "🙂"),
        value("emoji of several", "👩‍👩‍👧‍👦"),
        value("flag", "🇨🇭"),
        value("combining mark", "e\u0301"),
        value("the same composed", "\u00e9"),
        value("NUL", "\u0000"),
        value("NUL within", "a\u0000b"),
        value("lines", "a\r\nb\tc\n"),
        value("quotes", "'\"\\`"),
        value("byte order mark", "\ufeffa"),
        value("right to left", "\u05d0\u200f\u0627"),
        value("last before surrogates", "\ud7ff"),
        value("first after surrogates", "\ue000"),
        value("no character", "\ufffe\uffff"),
        value("last", "\udbff\udfff"),
        value("like a missing value", "NA"),
        value("like NULL", "NULL"),
        value("like a number", "1e5"),
        value("Turkish i", "\u0130\u0131iI"),
        value("longest", "x".repeat(longest)));
  }

  private static List<Value> padded(int length) {
    return List.of(
        value("blank", " ".repeat(length)),
        value("padded", "a" + " ".repeat(length - 1)),
        value("full", "x".repeat(length)));
  }

  private static List<Value> bytes(int... lengths) {
    List<Value> values = new ArrayList<>();
    for (int length : lengths) {
      values.add(value(length + " zeros", "00".repeat(length)));
      values.add(value(length + " ones", "ff".repeat(length)));
    }
    if (lengths[0] <= 4) {
      values.add(value("no text", "80c0f5ff"));
      values.add(value("NUL within", "61006200"));
    }
    return values;
  }
}
