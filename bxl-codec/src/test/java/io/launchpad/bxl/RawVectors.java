// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The vectors that no writer would write: malformed ones, and valid ones that test a reader's
/// tolerance.
final class RawVectors {
  /// A vector before it becomes two files.
  @SuppressWarnings("ArrayRecordComponent") // recipes are not compared
  record Recipe(String name, ObjectNode description, byte[] stream) {}

  private final List<Recipe> recipes = new ArrayList<>();

  private RawVectors() {}

  static List<Recipe> all() {
    RawVectors vectors = new RawVectors();
    RawHeaderVectors.addTo(vectors);
    RawMetadataVectors.addTo(vectors);
    RawSchemaVectors.addTo(vectors);
    RawBatchVectors.addTo(vectors);
    RawValueVectors.addTo(vectors);
    return vectors.recipes;
  }

  /// Adds a malformed vector.
  ///
  /// @param check the number of the check in FORMAT.md section 7 that finds it
  /// @param column the path of the column to blame, or null
  Recipe bad(
      String name,
      int check,
      BxlError error,
      long frame,
      @Nullable String column,
      String about,
      StreamBuilder stream) {
    return bad(name, check, error, frame, column, about, stream.bytes());
  }

  Recipe bad(
      String name,
      int check,
      BxlError error,
      long frame,
      @Nullable String column,
      String about,
      byte[] stream) {
    ObjectNode description = JsonStream.MAPPER.createObjectNode();
    description.put("about", about);
    description.put("check", check);
    description.put("error", error.name());
    description.put("frame", frame);
    description.put("column", column);
    Recipe recipe = new Recipe("bad-" + name, description, stream);
    recipes.add(recipe);
    return recipe;
  }

  /// Adds a malformed vector that passes one limit.
  void limit(
      String name,
      String limit,
      long value,
      long frame,
      @Nullable String column,
      StreamBuilder stream) {
    bad(
            "limit-" + name,
            name.equals("value-bytes") ? 7 : name.equals("columns") ? 4 : 1,
            BxlError.LIMIT_EXCEEDED,
            frame,
            column,
            "More than the limit " + limit + " of " + value + ".",
            stream)
        .description()
        .putObject("limits")
        .put(limit, value);
  }

  /// Adds a malformed vector whose receiver expects the columns `declared`.
  void declared(
      String name,
      BxlError error,
      long frame,
      @Nullable String column,
      String about,
      String declared,
      StreamBuilder stream) {
    bad(name, 12, error, frame, column, about, stream)
        .description()
        .set("declared", json(declared));
  }

  /// Adds a valid vector.
  void good(String name, String about, String fields, String batches, StreamBuilder stream) {
    ObjectNode description = JsonStream.MAPPER.createObjectNode();
    description.put("about", about);
    description.set("fields", json(fields));
    description.set("batches", json(batches));
    recipes.add(new Recipe(name, description, stream.bytes()));
  }

  private static JsonNode json(String text) {
    try {
      return JsonStream.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Schema schema(Field... fields) {
    return new Schema(List.of(fields));
  }

  /// A field that allows nulls.
  static Field field(String name, String type, Field... children) {
    return new Field(
        name, new FieldType(true, JsonSchema.type(type), null, Map.of()), List.of(children));
  }

  static Field required(String name, String type, Field... children) {
    return new Field(
        name, new FieldType(false, JsonSchema.type(type), null, Map.of()), List.of(children));
  }

  static Field dictionary(String name, long id, String index, Field values) {
    return new Field(
        name,
        new FieldType(
            values.isNullable(),
            values.getType(),
            new DictionaryEncoding(id, false, (ArrowType.Int) JsonSchema.type(index))),
        values.getChildren());
  }

  static Field extension(String name, String extension, String type, Field... children) {
    return new Field(
        name,
        new FieldType(
            true,
            JsonSchema.type(type),
            null,
            Map.of(ArrowType.ExtensionType.EXTENSION_METADATA_KEY_NAME, extension)),
        List.of(children));
  }

  static StreamBuilder stream(Schema schema) {
    return new StreamBuilder().schema(schema);
  }

  /// A stream of one batch.
  static StreamBuilder stream(Schema schema, RawBatch batch) {
    return stream(schema).batch(batch).end();
  }
}
