// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.launchpad.bxl.BxlChannels;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.sdk.Values;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.Range;
import org.apache.arrow.vector.compare.RangeEqualsVisitor;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every value of the format's vectors as a Java object and back: the same value in memory.
final class VectorRoundTripTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("launchpad.root"), "bxl-codec", "vectors");

  static Stream<Path> valid() throws IOException {
    var mapper = new ObjectMapper();
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> streams = files.filter(file -> file.toString().endsWith(".bxl")).sorted().toList();
      return streams.stream()
          .filter(file -> {
            try {
              String json = file.toString().replace(".bxl", ".json");
              return !mapper.readTree(Path.of(json).toFile()).has("error");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("valid")
  void values_areTheSameAgain(Path stream) throws Exception {
    var channel = Channels.newChannel(new ByteArrayInputStream(Files.readAllBytes(stream)));
    BxlLimits limits = BxlLimits.DEFAULT.withSchema(1 << 20, 64);
    try (var allocator = new RootAllocator();
        ArrowReader reader = BxlChannels.reader(allocator, channel, new BxlValidator(limits))) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        for (FieldVector vector : root.getFieldVectors()) {
          assertComesBack(vector, reader, allocator);
        }
      }
    }
  }

  private static void assertComesBack(
      FieldVector vector, ArrowReader dictionaries, BufferAllocator allocator) throws Exception {
    boolean encoded = isEncoded(vector.getField());
    try (FieldVector again = plain(vector.getField(), dictionaries).createVector(allocator)) {
      again.allocateNew();
      for (int row = 0; row < vector.getValueCount(); row++) {
        Object value;
        try {
          value = Values.get(vector, row, dictionaries);
        } catch (IllegalStateException | DateTimeException e) {
          assertIsDocumented(e);
          return;
        }
        CellWriter.set(again, row, value);
      }
      again.setValueCount(vector.getValueCount());
      if (encoded) {
        for (int row = 0; row < vector.getValueCount(); row++) {
          assertEquals(
              comparable(Values.get(vector, row, dictionaries)),
              comparable(Values.get(again, row, dictionaries)));
        }
        return;
      }
      // Types are compared apart: Arrow does not keep every field's metadata in a vector.
      var visitor = new RangeEqualsVisitor(vector, again, (_, _) -> true);
      assertTrue(
          visitor.rangeEquals(new Range(0, 0, vector.getValueCount())),
          () -> vector.getField() + ": " + vector + " became " + again);
    }
  }

  /// Arrays are equal to themselves only.
  private static @Nullable Object comparable(@Nullable Object value) {
    return switch (value) {
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      case List<?> list -> {
        List<@Nullable Object> all = new ArrayList<>();
        list.forEach(each -> all.add(comparable(each)));
        yield all;
      }
      case Map<?, ?> map -> {
        List<@Nullable Object> all = new ArrayList<>();
        map.forEach((key, each) ->
            all.add(List.of(String.valueOf(comparable(key)), String.valueOf(comparable(each)))));
        yield all;
      }
      case null, default -> value;
    };
  }

  /// What README.md says has no value in Java.
  private static void assertIsDocumented(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(
        message.endsWith(" twice") || message.contains("exceeds minimum or maximum"), e.toString());
  }

  private static boolean isEncoded(Field field) {
    return field.getDictionary() != null
        || field.getChildren().stream().anyMatch(VectorRoundTripTest::isEncoded);
  }

  /// The field with values in the place of indices, at all depths.
  private static Field plain(Field field, ArrowReader dictionaries) throws IOException {
    Field values =
        field.getDictionary() == null
            ? field
            : dictionaries.lookup(field.getDictionary().getId()).getVector().getField();
    List<Field> children = new ArrayList<>();
    for (Field child : values.getChildren()) {
      children.add(plain(child, dictionaries));
    }
    return new Field(
        field.getName(),
        new FieldType(field.isNullable(), values.getType(), null, field.getMetadata()),
        children);
  }
}
