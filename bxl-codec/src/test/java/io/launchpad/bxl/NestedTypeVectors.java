// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static io.launchpad.bxl.TypeVectors.field;
import static io.launchpad.bxl.TypeVectors.value;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.launchpad.bxl.TypeVectors.Value;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Enumerations, lists, structs and maps.
final class NestedTypeVectors {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private NestedTypeVectors() {}

  static void addTo(TypeVectors vectors) {
    for (String index : List.of("uint8", "int32")) {
      ObjectNode field = field("utf8");
      field.putObject("dictionary").put("id", 1).put("index", index).put("ordered", false);
      vectors.add(
          "sql-enum-" + index,
          "enum",
          field,
          List.of(
              value("first", "small"),
              value("empty", ""),
              value("emoji", "🙂"),
              value("NUL within", "a\u0000b"),
              value("like a missing value", "NA")));
    }
    vectors.add(
        "sql-list-int",
        "int[]",
        nested("list", child("$data$", "int32")),
        values("[]", "[null]", "[-2147483648, 2147483647]", "[1, null, 3]"));
    vectors.add(
        "sql-list-bigint",
        "bigint[]",
        nested("list", child("$data$", "int64")),
        values("[]", "[\"9007199254740993\", null]", "[\"-9223372036854775808\"]"));
    vectors.add(
        "sql-list-text",
        "varchar[]",
        nested("list", child("$data$", "utf8")),
        values("[]", "[\"\", null, \"🙂\"]", "[\"a\\u0000b\"]"));
    vectors.add(
        "sql-list-of-list",
        "int[][]",
        nested("list", named("$data$", nested("list", child("$data$", "int32")))),
        values("[]", "[[], null, [1, null]]", "[[2], [3, 4]]"));
    vectors.add(
        "sql-list-of-struct",
        "struct(a int, b varchar)[]",
        nested("list", named("$data$", nested("struct", child("a", "int32"), child("b", "utf8")))),
        values("[]", "[{\"a\": 1, \"b\": null}, null]", "[{\"a\": null, \"b\": \"x\"}]"));
    vectors.add(
        "sql-struct",
        "struct(a int, b varchar, c decimal(38,10))",
        nested("struct", child("a", "int32"), child("b", "utf8"), child("c", "decimal128(38,10)")),
        values(
            "{\"a\": -2147483648, \"b\": \"🙂\", \"c\": \"0.0000000001\"}",
            "{\"a\": null, \"b\": null, \"c\": null}",
            "{\"a\": 0, \"b\": \"\", \"c\": \"9999999999999999999999999999.9999999999\"}"));
    vectors.add(
        "sql-struct-of-list",
        "struct(a double[], b struct(c bigint))",
        nested(
            "struct",
            named("a", nested("list", child("$data$", "float64"))),
            named("b", nested("struct", child("c", "int64")))),
        values(
            "{\"a\": [\"NaN\", null, \"-0.0\"], \"b\": {\"c\": \"9007199254740993\"}}",
            "{\"a\": [], \"b\": null}",
            "{\"a\": null, \"b\": {\"c\": null}}"));
    vectors.add(
        "sql-map",
        "map(varchar, bigint)",
        map(child("value", "int64")),
        values(
            "[]",
            "[[\"a\", \"9007199254740993\"], [\"b\", null]]",
            "[[\"z\", \"1\"], [\"\", \"2\"], [\"🙂\", \"3\"]]",
            "[[\"a\", \"1\"], [\"a\", \"2\"]]"));
  }

  private static ObjectNode child(String name, String type) {
    return named(name, field(type));
  }

  private static ObjectNode named(String name, ObjectNode field) {
    return JSON.objectNode().put("name", name).setAll(field);
  }

  private static ObjectNode nested(String type, ObjectNode... children) {
    ObjectNode field = field(type);
    field.putArray("children").addAll(List.of(children));
    return field;
  }

  private static ObjectNode map(ObjectNode value) {
    ObjectNode entries = nested("struct", child("key", "utf8").put("nullable", false), value);
    return nested("map", named("entries", entries).put("nullable", false));
  }

  private static List<Value> values(String... json) {
    List<Value> values = new ArrayList<>();
    for (String text : json) {
      try {
        values.add(new Value(text, JsonStream.MAPPER.readTree(text)));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
    return values;
  }
}
