// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The vectors of the SQL types: for each type every boundary, in a column declared not nullable
/// and in one with nulls.
final class TypeVectors {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// A value and what it is there for.
  record Value(String label, JsonNode json) {}

  private final Map<String, ObjectNode> descriptions = new TreeMap<>();

  private TypeVectors() {}

  /// The descriptions by the name of their vector.
  static Map<String, ObjectNode> all() {
    TypeVectors vectors = new TypeVectors();
    NumberTypeVectors.addTo(vectors);
    TextTypeVectors.addTo(vectors);
    TimeTypeVectors.addTo(vectors);
    NestedTypeVectors.addTo(vectors);
    return vectors.descriptions;
  }

  static Value value(String label, String json) {
    return new Value(label, JSON.textNode(json));
  }

  static Value value(String label, long json) {
    return new Value(label, JSON.numberNode(json));
  }

  /// A field without children.
  static ObjectNode field(String type) {
    return JSON.objectNode().put("type", type);
  }

  static ObjectNode extension(String name, String storage) {
    ObjectNode field = field(storage);
    field
        .putObject("metadata")
        .put("ARROW:extension:name", name)
        .put("ARROW:extension:metadata", "");
    return field;
  }

  /// Adds a vector of a SQL type.
  ///
  /// @param sqlType as the field's metadata says it
  /// @param field without name and nullability
  void add(String name, String sqlType, ObjectNode field, List<Value> values) {
    ObjectNode description = JSON.objectNode();
    description.put("about", "Boundaries of the SQL type %s.".formatted(sqlType));
    description.put("sql_type", sqlType);
    ArrayNode fields = description.putArray("fields");
    fields.add(named("value", false, sqlType, field));
    fields.add(named("nullable", true, sqlType, field));
    ArrayNode labels = description.putArray("labels");
    ArrayNode plain = JSON.arrayNode();
    ArrayNode withNulls = JSON.arrayNode().addNull();
    for (Value value : values) {
      labels.add(value.label());
      plain.add(value.json());
      withNulls.add(value.json());
    }
    // As many rows in both: the column without nulls begins and ends with its first value.
    plain.insert(0, values.getFirst().json());
    plain.add(values.getFirst().json());
    withNulls.addNull();
    labels.insert(0, "null, or again " + values.getFirst().label());
    labels.add("null, or again " + values.getFirst().label());
    ObjectNode batch = description.putArray("batches").addObject();
    batch.put("rows", plain.size());
    if (field.has("dictionary")) {
      ArrayNode entries =
          batch.putObject("dictionaries").putArray(field.at("/dictionary/id").asText());
      values.forEach(value -> entries.add(value.json()));
    }
    batch.putArray("columns").add(plain).add(withNulls);
    if (descriptions.put(name, description) != null) {
      throw new IllegalStateException("two vectors named " + name);
    }
  }

  private static ObjectNode named(String name, boolean nullable, String sqlType, ObjectNode field) {
    ObjectNode named = JSON.objectNode().put("name", name);
    named.setAll(field.deepCopy());
    named.put("nullable", nullable);
    ObjectNode metadata = named.withObjectProperty("metadata");
    metadata.put("launchpad:sql_type", sqlType);
    return named;
  }
}
