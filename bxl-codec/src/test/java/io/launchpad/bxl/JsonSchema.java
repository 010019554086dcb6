// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// Schemas as the vectors' JSON files spell them, see `vectors/README.md`.
final class JsonSchema {
  private static final Pattern TYPE = Pattern.compile("([a-z0-9_]+)(?:\\(([^)]*)\\))?");

  private JsonSchema() {}

  static Schema parse(JsonNode fields, @Nullable JsonNode metadata) {
    return new Schema(fields(fields), metadata == null ? Map.of() : strings(metadata));
  }

  static List<Field> fields(JsonNode fields) {
    List<Field> parsed = new ArrayList<>();
    fields.forEach(field -> parsed.add(field(field)));
    return parsed;
  }

  private static Field field(JsonNode json) {
    JsonNode children = json.get("children");
    JsonNode metadata = json.get("metadata");
    JsonNode dictionary = json.get("dictionary");
    DictionaryEncoding encoding =
        dictionary == null
            ? null
            : new DictionaryEncoding(
                dictionary.get("id").asLong(),
                dictionary.path("ordered").asBoolean(),
                (ArrowType.Int) type(dictionary.get("index").asText()));
    return new Field(
        json.get("name").asText(),
        new FieldType(
            json.path("nullable").asBoolean(true),
            type(json.get("type").asText()),
            encoding,
            metadata == null ? Map.of() : strings(metadata)),
        children == null ? List.of() : fields(children));
  }

  private static Map<String, String> strings(JsonNode object) {
    Map<String, String> map = new LinkedHashMap<>();
    object.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return map;
  }

  static ArrowType type(String text) {
    Matcher matcher = TYPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    String[] arguments = matcher.group(2) == null ? new String[0] : matcher.group(2).split(",");
    return switch (matcher.group(1)) {
      case "null" -> new ArrowType.Null();
      case "bool" -> new ArrowType.Bool();
      case "int8", "int16", "int32", "int64" ->
          new ArrowType.Int(Integer.parseInt(text.substring(3)), true);
      case "uint8", "uint16", "uint32", "uint64" ->
          new ArrowType.Int(Integer.parseInt(text.substring(4)), false);
      case "float16" -> new ArrowType.FloatingPoint(FloatingPointPrecision.HALF);
      case "float32" -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case "float64" -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case "decimal32", "decimal64", "decimal128", "decimal256" ->
          new ArrowType.Decimal(
              Integer.parseInt(arguments[0]),
              Integer.parseInt(arguments[1]),
              Integer.parseInt(matcher.group(1).substring(7)));
      case "utf8" -> new ArrowType.Utf8();
      case "large_utf8" -> new ArrowType.LargeUtf8();
      case "utf8_view" -> new ArrowType.Utf8View();
      case "binary" -> new ArrowType.Binary();
      case "large_binary" -> new ArrowType.LargeBinary();
      case "fixed_size_binary" -> new ArrowType.FixedSizeBinary(Integer.parseInt(arguments[0]));
      case "date32" -> new ArrowType.Date(DateUnit.DAY);
      case "date64" -> new ArrowType.Date(DateUnit.MILLISECOND);
      case "time32" -> new ArrowType.Time(unit(arguments[0]), 32);
      case "time64" -> new ArrowType.Time(unit(arguments[0]), 64);
      case "timestamp" ->
          new ArrowType.Timestamp(unit(arguments[0]), arguments.length == 1 ? null : arguments[1]);
      case "duration" -> new ArrowType.Duration(unit(arguments[0]));
      case "interval" ->
          new ArrowType.Interval(IntervalUnit.valueOf(arguments[0].toUpperCase(Locale.ROOT)));
      case "list" -> new ArrowType.List();
      case "large_list" -> new ArrowType.LargeList();
      case "fixed_size_list" -> new ArrowType.FixedSizeList(Integer.parseInt(arguments[0]));
      case "struct" -> new ArrowType.Struct();
      case "map" -> new ArrowType.Map(false);
      case "union" ->
          new ArrowType.Union(org.apache.arrow.vector.types.UnionMode.Sparse, new int[] {0});
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static TimeUnit unit(String text) {
    return switch (text) {
      case "s" -> TimeUnit.SECOND;
      case "ms" -> TimeUnit.MILLISECOND;
      case "us" -> TimeUnit.MICROSECOND;
      case "ns" -> TimeUnit.NANOSECOND;
      default -> throw new IllegalArgumentException(text);
    };
  }
}
