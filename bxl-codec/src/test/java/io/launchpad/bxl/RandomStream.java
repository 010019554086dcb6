// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A stream that a seed decides: schema, dictionaries and batches, described as in
/// `vectors/README.md`.
public final class RandomStream {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> FLAT_TYPES =
      List.of(
          "null",
          "bool",
          "int8",
          "int16",
          "int32",
          "int64",
          "uint8",
          "uint16",
          "uint32",
          "uint64",
          "float32",
          "float64",
          "decimal128(38,4)",
          "decimal128(9,0)",
          "decimal256(76,10)",
          "utf8",
          "large_utf8",
          "binary",
          "large_binary",
          "fixed_size_binary(5)",
          "date32",
          "time32(s)",
          "time32(ms)",
          "time64(us)",
          "time64(ns)",
          "timestamp(us)",
          "timestamp(ns,UTC)",
          "duration(ms)",
          "interval(year_month)",
          "interval(day_time)",
          "interval(month_day_nano)",
          "arrow.uuid",
          "arrow.json",
          "launchpad.xml",
          "launchpad.time",
          "launchpad.datetime2",
          "launchpad.datetimeoffset");
  private static final List<String> NESTED_TYPES =
      List.of("list", "large_list", "fixed_size_list(3)", "struct", "map");

  /// Dictionaries whose entries are nested or of an extension type, as a type to be left out.
  public static final String NESTED_DICTIONARIES = "dictionary of nested";

  private static final List<String> INDEX_TYPES =
      List.of("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64");
  private static final String[] TEXT = {"a", "é", "日", "🙂", "\u0000", "xyz"};

  private static final long TICKS_PER_DAY = 864_000_000_000L;
  private static final long TICKS_MAX = 3_155_378_975_999_999_999L;
  private static final int YEAR_1 = -719_162;
  private static final int YEAR_10000 = 2_932_897;

  private final List<String> flatTypes;
  private final List<String> nestedTypes;
  private final boolean nestedDictionaries;
  private final RandomGenerator random;
  private final double nulls;
  private final TreeMap<Long, ArrayNode> dictionaries = new TreeMap<>();
  private long dictionaryIds;

  private RandomStream(RandomGenerator random, Set<String> left) {
    this.flatTypes = FLAT_TYPES.stream().filter(type -> !left.contains(type)).toList();
    this.nestedTypes = NESTED_TYPES.stream().filter(type -> !left.contains(type)).toList();
    this.nestedDictionaries = !left.contains(NESTED_DICTIONARIES);
    this.random = random;
    this.nulls = random.nextInt(3) * 0.3;
  }

  public static ObjectNode describe(RandomGenerator random) {
    return describe(random, Set.of());
  }

  /// A stream without columns of some types, at any depth.
  ///
  /// @param left as `vectors/README.md` spells types, names of extensions, or
  ///   [#NESTED_DICTIONARIES]
  public static ObjectNode describe(RandomGenerator random, Set<String> left) {
    return new RandomStream(random, left).description();
  }

  private ObjectNode description() {
    ObjectNode description = JSON.objectNode();
    ArrayNode fields = description.putArray("fields");
    int columns = random.nextInt(6);
    for (int i = 0; i < columns; i++) {
      fields.add(field("c" + i, 3, true));
    }
    ArrayNode batches = description.putArray("batches");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      batches.add(batch(fields));
    }
    return description;
  }

  private ObjectNode field(String name, int depth, boolean dictionaryAllowed) {
    ObjectNode field = JSON.objectNode().put("name", name);
    boolean nested = depth > 1 && random.nextInt(3) == 0;
    String type = nested ? pick(nestedTypes) : pick(flatTypes);
    boolean simple = nestedDictionaries || !(nested || type.indexOf('.') > 0);
    boolean encoded = dictionaryAllowed && simple && random.nextInt(6) == 0;
    field.put("type", type);
    if (type.indexOf('.') > 0) {
      extend(field, type);
    }
    field.put("nullable", type.equals("null") || encoded || random.nextInt(4) > 0);
    if (nested) {
      addChildren(field, type, depth, dictionaryAllowed && !encoded);
    }
    if (encoded) {
      field
          .putObject("dictionary")
          .put("id", ++dictionaryIds)
          .put("index", pick(INDEX_TYPES))
          .put("ordered", random.nextBoolean());
    }
    return field;
  }

  /// Makes a field one of an extension type over its storage.
  private static void extend(ObjectNode field, String name) {
    field
        .putObject("metadata")
        .put("ARROW:extension:name", name)
        .put("ARROW:extension:metadata", "");
    String storage =
        switch (name) {
          case "arrow.uuid" -> "fixed_size_binary(16)";
          case "arrow.json", "launchpad.xml" -> "utf8";
          case "launchpad.datetimeoffset" -> "struct";
          default -> "int64";
        };
    field.put("type", storage);
    if (storage.equals("struct")) {
      ArrayNode children = field.putArray("children");
      children.addObject().put("name", "ticks").put("type", "int64").put("nullable", false);
      children
          .addObject()
          .put("name", "offset_minutes")
          .put("type", "int16")
          .put("nullable", false);
    }
  }

  private void addChildren(ObjectNode field, String type, int depth, boolean dictionaryAllowed) {
    ArrayNode children = field.putArray("children");
    switch (type) {
      case "struct" -> {
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
          children.add(field("f" + i, depth - 1, dictionaryAllowed));
        }
      }
      case "map" -> {
        ObjectNode entries = children.addObject();
        entries.put("name", "entries").put("type", "struct").put("nullable", false);
        ArrayNode pair = entries.putArray("children");
        pair.addObject().put("name", "key").put("type", "utf8").put("nullable", false);
        pair.add(field("value", depth - 1, dictionaryAllowed));
      }
      default -> children.add(field("$data$", depth - 1, dictionaryAllowed));
    }
  }

  private ObjectNode batch(ArrayNode fields) {
    dictionaries.clear();
    int rows = random.nextInt(4) == 0 ? 0 : random.nextInt(60);
    ObjectNode batch = JSON.objectNode().put("rows", rows);
    ArrayNode columns = batch.putArray("columns");
    for (JsonNode field : fields) {
      ArrayNode column = columns.addArray();
      prepareDictionaries(field);
      for (int i = 0; i < rows; i++) {
        column.add(value(field));
      }
    }
    ObjectNode shown = batch.putObject("dictionaries");
    dictionaries.forEach((id, entries) -> shown.set(Long.toString(id), entries));
    return batch;
  }

  /// Makes the entries of all dictionaries at and below a field.
  private void prepareDictionaries(JsonNode field) {
    JsonNode dictionary = field.get("dictionary");
    if (dictionary == null) {
      field.path("children").forEach(this::prepareDictionaries);
      return;
    }
    ArrayNode entries = JSON.arrayNode();
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      entries.add(plainValue(field));
    }
    dictionaries.put(dictionary.get("id").asLong(), entries);
  }

  private JsonNode value(JsonNode field) {
    if (field.get("nullable").asBoolean() && random.nextDouble() < nulls) {
      return JSON.nullNode();
    }
    JsonNode dictionary = field.get("dictionary");
    if (dictionary == null) {
      return plainValue(field);
    }
    ArrayNode entries = dictionaries.getOrDefault(dictionary.get("id").asLong(), JSON.arrayNode());
    return entries.get(random.nextInt(entries.size()));
  }

  private JsonNode plainValue(JsonNode field) {
    JsonNode extension = field.at("/metadata/ARROW:extension:name");
    if (!extension.isMissingNode()) {
      return extensionValue(extension.asText());
    }
    String type = field.get("type").asText();
    return switch (type) {
      case "list", "large_list" -> items(field, random.nextInt(4));
      case "fixed_size_list(3)" -> items(field, 3);
      case "struct" -> {
        ObjectNode object = JSON.objectNode();
        field.get("children").forEach(c -> object.set(c.get("name").asText(), value(c)));
        yield object;
      }
      case "map" -> {
        ArrayNode pairs = JSON.arrayNode();
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
          JsonNode entry = field.get("children").get(0).get("children");
          pairs.addArray().add(text()).add(value(entry.get(1)));
        }
        yield pairs;
      }
      default -> flatValue(type);
    };
  }

  private ArrayNode items(JsonNode field, int count) {
    ArrayNode items = JSON.arrayNode();
    for (int i = 0; i < count; i++) {
      items.add(value(field.get("children").get(0)));
    }
    return items;
  }

  private JsonNode extensionValue(String name) {
    long day = random.nextInt(8) == 0 ? TICKS_PER_DAY - 1 : random.nextLong(TICKS_PER_DAY);
    long ticks = random.nextInt(8) == 0 ? TICKS_MAX : random.nextLong(TICKS_MAX);
    return switch (name) {
      case "arrow.uuid" -> bytes(16);
      case "arrow.json" -> JSON.textNode("{\"a\": " + random.nextLong() + "}");
      case "launchpad.xml" -> JSON.textNode("<a>" + random.nextInt() + "</a>");
      case "launchpad.time" -> JSON.textNode(Long.toString(day));
      case "launchpad.datetime2" -> JSON.textNode(Long.toString(ticks));
      case "launchpad.datetimeoffset" ->
          JSON.objectNode()
              .put("ticks", Long.toString(ticks))
              .put("offset_minutes", random.nextInt(-840, 841));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private JsonNode flatValue(String type) {
    return random.nextInt(5) == 0 ? boundary(type) : anyValue(type);
  }

  private JsonNode boundary(String type) {
    return switch (type) {
      case "int8" -> JSON.numberNode(pick(List.of((int) Byte.MIN_VALUE, (int) Byte.MAX_VALUE)));
      case "int16" -> JSON.numberNode(pick(List.of((int) Short.MIN_VALUE, (int) Short.MAX_VALUE)));
      case "int32" -> JSON.numberNode(pick(List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0)));
      case "int64" -> JSON.textNode(pick(List.of("-9223372036854775808", "9007199254740993", "0")));
      case "uint64" -> JSON.textNode("18446744073709551615");
      case "float32" ->
          JSON.textNode(
              pick(List.of("NaN", "-Infinity", "-0.0", Double.toString(Float.MIN_VALUE))));
      case "float64" -> JSON.textNode(pick(List.of("NaN", "Infinity", "-0.0", "4.9E-324")));
      case "date32" -> JSON.numberNode(pick(List.of(YEAR_1, YEAR_10000 - 1)));
      case "time64(ns)" -> JSON.textNode("86399999999999");
      case "timestamp(us)", "timestamp(ns,UTC)", "duration(ms)" ->
          // The lowest is another language's NULL, so it is rare: it would hide the rest.
          JSON.textNode(random.nextInt(100) == 0 ? "-9223372036854775808" : "9223372036854775807");
      default -> anyValue(type);
    };
  }

  private JsonNode anyValue(String type) {
    return switch (type) {
      case "null" -> JSON.nullNode();
      case "bool" -> JSON.booleanNode(random.nextBoolean());
      case "int8" -> JSON.numberNode((int) (byte) random.nextInt());
      case "int16" -> JSON.numberNode((int) (short) random.nextInt());
      case "int32", "interval(year_month)" -> JSON.numberNode(random.nextInt());
      case "date32" ->
          JSON.numberNode(
              random.nextInt(200) == 0 ? random.nextInt() : random.nextInt(YEAR_1, YEAR_10000));
      case "uint8" -> JSON.numberNode(random.nextInt(256));
      case "uint16" -> JSON.numberNode(random.nextInt(65_536));
      case "uint32" -> JSON.numberNode(random.nextLong(1L << 32));
      case "uint64" -> JSON.textNode(Long.toUnsignedString(random.nextLong()));
      case "float32" -> JSON.textNode(Double.toString((float) random.nextGaussian()));
      case "float64" -> JSON.textNode(Double.toString(random.nextGaussian()));
      case "decimal128(38,4)" -> decimal(38, 4);
      case "decimal128(9,0)" -> decimal(9, 0);
      case "decimal256(76,10)" -> decimal(76, 10);
      case "utf8", "large_utf8" -> text();
      case "binary", "large_binary" -> bytes(random.nextInt(6));
      case "fixed_size_binary(5)" -> bytes(5);
      case "time32(s)" -> JSON.numberNode(random.nextInt(86_400));
      case "time32(ms)" -> JSON.numberNode(random.nextInt(86_400_000));
      case "time64(us)" -> JSON.textNode(Long.toString(random.nextLong(86_400_000_000L)));
      case "time64(ns)" -> JSON.textNode(Long.toString(random.nextLong(86_400_000_000_000L)));
      case "interval(day_time)" -> JSON.arrayNode().add(random.nextInt()).add(random.nextInt());
      case "interval(month_day_nano)" ->
          JSON.arrayNode()
              .add(random.nextInt())
              .add(random.nextInt())
              .add(Long.toString(random.nextLong()));
      default -> JSON.textNode(Long.toString(random.nextLong()));
    };
  }

  private JsonNode decimal(int precision, int scale) {
    byte[] bits = new byte[40];
    random.nextBytes(bits);
    BigInteger unscaled = new BigInteger(bits).remainder(BigInteger.TEN.pow(precision));
    return JSON.textNode(new BigDecimal(unscaled, scale).toPlainString());
  }

  private JsonNode text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      text.append(TEXT[random.nextInt(TEXT.length)]);
    }
    return JSON.textNode(text.toString());
  }

  private JsonNode bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return JSON.textNode(HexFormat.of().formatHex(bytes));
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
