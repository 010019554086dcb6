// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/// The program that adds files to `vectors/`. It never changes one that is there.
///
/// A valid vector is described by hand in its JSON file, or by [TypeVectors]; the stream is written
/// from that. A malformed or hand-laid one comes from [RawVectors], JSON file included.
final class VectorGenerator {
  private VectorGenerator() {}

  public static void main(String[] arguments) throws IOException {
    for (RawVectors.Recipe recipe : RawVectors.all()) {
      add(BxlVector.FOLDER.resolve(recipe.name() + ".bxl"), recipe.stream());
      add(BxlVector.FOLDER.resolve(recipe.name() + ".json"), text(recipe.description()));
    }
    for (Map.Entry<String, ObjectNode> type : TypeVectors.all().entrySet()) {
      add(BxlVector.FOLDER.resolve(type.getKey() + ".json"), text(type.getValue()));
    }
    List<Path> descriptions;
    try (Stream<Path> files = Files.list(BxlVector.FOLDER)) {
      descriptions = files.filter(file -> file.toString().endsWith(".json")).toList();
    }
    for (Path file : descriptions) {
      Path stream = Path.of(file.toString().replace(".json", ".bxl"));
      if (!Files.exists(stream)) {
        add(stream, write(JsonStream.MAPPER.readTree(file.toFile())));
      }
    }
  }

  private static byte[] text(ObjectNode description) {
    return (description.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void add(Path file, byte[] content) throws IOException {
    if (!Files.exists(file)) {
      Files.write(file, content);
      System.out.println("added " + file.getFileName());
    }
  }

  private static byte[] write(JsonNode description) {
    JsonNode how = description.path("written_with");
    BxlWriterOptions options =
        BxlWriterOptions.DEFAULT.withChecksums(how.path("checksums").asBoolean());
    JsonNode source = description;
    if (how.has("rows_per_batch")) {
      options = options.withBatches(how.get("rows_per_batch").asInt(), 4L << 20);
      source = joined(description);
    }
    try (BufferAllocator allocator = new RootAllocator()) {
      return JsonStream.write(allocator, source, options);
    }
  }

  /// The description with all its batches in one, so that the writer has something to cut.
  private static JsonNode joined(JsonNode description) {
    ObjectNode copy = description.deepCopy();
    ArrayNode batches = (ArrayNode) copy.get("batches");
    ObjectNode first = (ObjectNode) batches.get(0);
    while (batches.size() > 1) {
      JsonNode next = batches.remove(1);
      first.put("rows", first.get("rows").asInt() + next.get("rows").asInt());
      for (int i = 0; i < first.get("columns").size(); i++) {
        ((ArrayNode) first.get("columns").get(i)).addAll((ArrayNode) next.get("columns").get(i));
      }
    }
    return copy;
  }
}
