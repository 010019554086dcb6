// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// One conformance vector: a stream and what a reader must make of it, see `vectors/README.md`.
@SuppressWarnings("ArrayRecordComponent") // vectors are not compared
record BxlVector(String name, JsonNode description, byte[] stream) {
  static final Path FOLDER =
      Path.of(System.getProperty("launchpad.root", ".."), "bxl-codec", "vectors");

  static List<BxlVector> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(BxlVector::load)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<BxlVector> valid() {
    return all().stream().filter(BxlVector::isValid).toList();
  }

  static List<BxlVector> malformed() {
    return all().stream().filter(vector -> !vector.isValid()).toList();
  }

  private static BxlVector load(Path json) {
    String name = json.getFileName().toString().replace(".json", "");
    try {
      return new BxlVector(
          name,
          JsonStream.MAPPER.readTree(json.toFile()),
          Files.readAllBytes(FOLDER.resolve(name + ".bxl")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isValid() {
    return !description.has("error");
  }

  /// A validator with the limits and the declared schema the vector asks for.
  BxlValidator validator() {
    BxlLimits limits = limits();
    JsonNode declared = description.get("declared");
    return declared == null
        ? new BxlValidator(limits)
        : BxlValidator.expecting(JsonSchema.parse(declared, null), limits);
  }

  BxlLimits limits() {
    BxlLimits limits = BxlLimits.DEFAULT;
    for (var limit : description.path("limits").properties()) {
      long value = limit.getValue().asLong();
      limits =
          switch (limit.getKey()) {
            case "frame bytes" -> limits.withFrameBytes(value);
            case "metadata bytes" -> limits.withMetadataBytes(value);
            case "batch rows" -> limits.withBatchRows(value);
            case "columns" -> limits.withSchema((int) value, limits.nestingDepth());
            case "nesting depth" -> limits.withSchema(limits.columns(), (int) value);
            case "value bytes" -> limits.withValueBytes(value);
            case "dictionary entries" -> limits.withDictionaries(value, limits.dictionaryBytes());
            case "dictionary bytes" -> limits.withDictionaries(limits.dictionaryEntries(), value);
            case "stream bytes" -> limits.withTotals(value, BxlLimits.NONE, BxlLimits.NONE);
            case "stream rows" -> limits.withTotals(BxlLimits.NONE, value, BxlLimits.NONE);
            case "stream frames" -> limits.withTotals(BxlLimits.NONE, BxlLimits.NONE, value);
            default -> throw new IllegalArgumentException(limit.getKey());
          };
    }
    return limits;
  }

  /// Passes a stream through a validator as a relay does: header, then frame.
  static void validate(byte[] stream, BxlValidator validator) throws BxlException {
    ByteBuffer bytes = ByteBuffer.wrap(stream);
    while (bytes.hasRemaining()) {
      FrameHeader header = validator.header(bytes);
      int length = (int) Math.min(header.frameLength(), bytes.remaining());
      validator.frame(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
    }
    validator.finish();
  }

  @Override
  public String toString() {
    return name;
  }
}
