// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BxlVectorTest {

  static List<BxlVector> valid() {
    return BxlVector.valid();
  }

  static List<BxlVector> malformed() {
    return BxlVector.malformed();
  }

  @ParameterizedTest
  @MethodSource("valid")
  void read_givesTheValuesOfTheVector(BxlVector vector) throws IOException {
    try (BufferAllocator allocator = new RootAllocator()) {
      JsonStream.Content content = JsonStream.read(allocator, vector.stream(), vector.validator());
      JsonNode description = vector.description();
      assertEquals(
          JsonSchema.parse(description.get("fields"), description.get("metadata")),
          content.schema());
      assertEquals(batches(description), content.batches().toString());
      assertEquals(vector.stream().length, content.totals().bytes());
    }
  }

  static List<BxlVector> types() {
    return valid().stream().filter(vector -> vector.name().startsWith("sql-")).toList();
  }

  @ParameterizedTest
  @MethodSource("types")
  void write_givesTheVectorAgain(BxlVector vector) {
    try (BufferAllocator allocator = new RootAllocator()) {
      byte[] written = JsonStream.write(allocator, vector.description(), BxlWriterOptions.DEFAULT);
      assertArrayEquals(vector.stream(), written);
    }
  }

  @ParameterizedTest
  @MethodSource("valid")
  void validate_acceptsTheVector(BxlVector vector) throws BxlException {
    BxlValidator validator = vector.validator();
    BxlVector.validate(vector.stream(), validator);
    assertTrue(validator.ended());
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void validate_refusesTheVector(BxlVector vector) {
    assertRefused(
        vector,
        assertThrows(
            BxlException.class,
            () -> BxlVector.validate(vector.stream(), vector.validator()),
            vector.name()));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void read_refusesTheVector(BxlVector vector) {
    try (BufferAllocator allocator = new RootAllocator(64 << 20)) {
      assertRefused(
          vector,
          assertThrows(
              BxlException.class,
              () -> JsonStream.read(allocator, vector.stream(), vector.validator())));
    }
  }

  @Test
  void vectors_coverEveryError() {
    Set<BxlError> missing = EnumSet.allOf(BxlError.class);
    malformed()
        .forEach(v -> missing.remove(BxlError.valueOf(v.description().get("error").asText())));
    assertEquals(Set.of(), missing);
  }

  @Test
  void vectors_coverEveryCheck() {
    Set<Integer> covered = new TreeSet<>();
    malformed().forEach(v -> covered.add(v.description().get("check").asInt()));
    assertEquals(new TreeSet<>(IntStream.rangeClosed(1, 12).boxed().toList()), covered);
  }

  @Test
  void typeVectors_areThoseOfTheirRecipes() {
    Map<String, String> found = new TreeMap<>();
    types().forEach(vector -> found.put(vector.name(), vector.description().toString()));
    Map<String, String> expected = new TreeMap<>();
    TypeVectors.all().forEach((name, recipe) -> expected.put(name, recipe.toString()));
    assertEquals(expected, found);
  }

  private static void assertRefused(BxlVector vector, BxlException refusal) {
    JsonNode expected = vector.description();
    assertEquals(expected.get("error").asText(), refusal.error().name(), refusal.getMessage());
    assertEquals(expected.get("frame").asLong(), refusal.frame(), refusal.getMessage());
    String column = expected.get("column").isNull() ? null : expected.get("column").asText();
    assertEquals(column, refusal.column(), refusal.getMessage());
  }

  /// The batches as a reader finds them: without the dictionaries, which it resolves.
  private static String batches(JsonNode description) {
    JsonNode batches = description.get("batches").deepCopy();
    batches.forEach(batch -> ((ObjectNode) batch).remove("dictionaries"));
    return batches.toString();
  }
}
