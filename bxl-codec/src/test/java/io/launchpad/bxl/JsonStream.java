// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;

/// A whole stream between JSON, as in `vectors/README.md`, and bytes.
public final class JsonStream {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonStream() {}

  /// The stream that a writer makes of the description's fields and batches.
  public static byte[] write(
      BufferAllocator allocator, JsonNode description, BxlWriterOptions options) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Schema wire = JsonSchema.parse(description.get("fields"), description.get("metadata"));
    Map<Long, Dictionary> dictionaries = new HashMap<>();
    List<Field> fields = memoryFields(allocator, wire, dictionaries);
    List<FieldVector> vectors =
        fields.stream().map(field -> field.createVector(allocator)).toList();
    MapDictionaryProvider provider = new MapDictionaryProvider();
    dictionaries.values().forEach(provider::put);
    try (VectorSchemaRoot root =
            new VectorSchemaRoot(new Schema(fields, wire.getCustomMetadata()), vectors, 0);
        provider;
        BxlWriter writer =
            new BxlWriter(
                root.getSchema(),
                provider,
                allocator,
                options,
                BxlChannels.sink(Channels.newChannel(bytes)))) {
      writer.start();
      for (JsonNode batch : description.get("batches")) {
        JsonValues values = new JsonValues(dictionaries(batch));
        for (Dictionary dictionary : dictionaries.values()) {
          List<JsonNode> entries = values.dictionaries().get(dictionary.getEncoding().getId());
          if (entries != null) {
            values.writeAll(dictionary.getVector(), entries);
          }
        }
        fill(root, batch, values);
        writer.write(root);
      }
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// The fields of vectors for a schema as it stands in a stream; adds its dictionaries.
  static List<Field> memoryFields(
      BufferAllocator allocator, Schema wire, Map<Long, Dictionary> dictionaries) {
    List<Field> fields = new ArrayList<>();
    for (Field field : wire.getFields()) {
      fields.add(DictionaryUtility.toMemoryFormat(field, allocator, dictionaries));
    }
    return fields;
  }

  static Map<Long, List<JsonNode>> dictionaries(JsonNode batch) {
    Map<Long, List<JsonNode>> dictionaries = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : batch.path("dictionaries").properties()) {
      dictionaries.put(Long.parseLong(entry.getKey()), list(entry.getValue()));
    }
    return dictionaries;
  }

  static void fill(VectorSchemaRoot root, JsonNode batch, JsonValues values) {
    for (int i = 0; i < root.getFieldVectors().size(); i++) {
      values.writeAll(root.getVector(i), list(batch.get("columns").get(i)));
    }
    root.setRowCount(batch.get("rows").asInt());
  }

  static List<JsonNode> list(JsonNode array) {
    List<JsonNode> list = new ArrayList<>();
    array.forEach(list::add);
    return list;
  }

  /// What a reader finds in the stream: its schema as the reader has it, and its batches.
  public static Content read(BufferAllocator allocator, byte[] stream, BxlValidator validator)
      throws IOException {
    ByteArrayInputStream input = new ByteArrayInputStream(stream);
    try (BxlStreamReader reader =
        BxlChannels.reader(allocator, Channels.newChannel(input), validator)) {
      ArrayNode batches = batches(reader);
      if (input.available() > 0) {
        validator.header(ByteBuffer.wrap(input.readAllBytes()));
      }
      return new Content(validator.schema().orElseThrow(), batches, validator.totals());
    }
  }

  /// The batches of a reader, to its end.
  public static ArrayNode batches(ArrowReader reader) throws IOException {
    ArrayNode batches = MAPPER.createArrayNode();
    VectorSchemaRoot root = reader.getVectorSchemaRoot();
    while (reader.loadNextBatch()) {
      ObjectNode batch = batches.addObject();
      batch.put("rows", root.getRowCount());
      ArrayNode columns = batch.putArray("columns");
      for (FieldVector vector : root.getFieldVectors()) {
        ArrayNode column = columns.addArray();
        for (int row = 0; row < root.getRowCount(); row++) {
          column.add(JsonValues.read(vector, row, reader.getDictionaryVectors()));
        }
      }
    }
    return batches;
  }

  /// The schema of a description as it stands in a stream.
  public static Schema schema(JsonNode description) {
    return JsonSchema.parse(description.get("fields"), description.get("metadata"));
  }

  /// All batches' values, column by column: where a writer cuts does not matter.
  public static String columns(int count, JsonNode batches) {
    ArrayNode columns = MAPPER.createArrayNode();
    long rows = 0;
    for (int i = 0; i < count; i++) {
      columns.addArray();
    }
    for (JsonNode batch : batches) {
      rows += batch.get("rows").asLong();
      for (int i = 0; i < count; i++) {
        ((ArrayNode) columns.get(i)).addAll((ArrayNode) batch.get("columns").get(i));
      }
    }
    return rows + " rows " + columns;
  }

  public record Content(Schema schema, ArrayNode batches, BxlTotals totals) {}
}
