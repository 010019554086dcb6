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
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A stream that a seed decides: schema, dictionaries and batches, described as in
/// `vectors/README.md`.
final class RandomStream {
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
          "interval(month_day_nano)");
  private static final List<String> NESTED_TYPES =
      List.of("list", "large_list", "fixed_size_list(3)", "struct", "map");
  private static final List<String> INDEX_TYPES =
      List.of("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64");
  private static final String[] TEXT = {"a", "é", "日", "🙂", "\u0000", "xyz"};

  private final RandomGenerator random;
  private final double nulls;
  private final TreeMap<Long, ArrayNode> dictionaries = new TreeMap<>();
  private long dictionaryIds;

  private RandomStream(RandomGenerator random) {
    this.random = random;
    this.nulls = random.nextInt(3) * 0.3;
  }

  static ObjectNode describe(RandomGenerator random) {
    return new RandomStream(random).description();
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
    boolean encoded = dictionaryAllowed && random.nextInt(6) == 0;
    String type = nested ? pick(NESTED_TYPES) : pick(FLAT_TYPES);
    field.put("type", type);
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

  private JsonNode flatValue(String type) {
    return switch (type) {
      case "null" -> JSON.nullNode();
      case "bool" -> JSON.booleanNode(random.nextBoolean());
      case "int8" -> JSON.numberNode((int) (byte) random.nextInt());
      case "int16" -> JSON.numberNode((int) (short) random.nextInt());
      case "int32", "date32", "interval(year_month)" -> JSON.numberNode(random.nextInt());
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

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
