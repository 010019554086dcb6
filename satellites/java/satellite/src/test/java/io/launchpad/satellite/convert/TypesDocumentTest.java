// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.bxl.BxlChannels;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.sdk.Columns;
import io.launchpad.sdk.Values;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.PeriodDuration;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What docs/types.md says of Java, against every boundary of every SQL type. That the values come
/// back from there as the same bits is [VectorRoundTripTest]'s.
final class TypesDocumentTest {
  private static final Path ROOT = Path.of(System.getProperty("launchpad.root"));
  private static final Pattern VECTOR = Pattern.compile("`(sql-[a-z0-9-]+)`");

  private static final Map<String, Field> NATURAL =
      Map.of(
          "bool", Columns.bool("c"),
          "int16", Columns.int16("c"),
          "int32", Columns.int32("c"),
          "int64", Columns.int64("c"),
          "float32", Columns.float32("c"),
          "float64", Columns.float64("c"),
          "utf8", Columns.text("c"),
          "binary", Columns.binary("c"),
          "date32", Columns.date("c"),
          "arrow.uuid", Columns.uuid("c"));

  /// What the values of one SQL type are.
  private static final class Seen {
    final Set<String> vectors = new TreeSet<>();
    final Set<String> classes = new TreeSet<>();
    final Set<String> natural = new TreeSet<>();
    boolean carrier;
    boolean keyTwice;

    String row(String type) {
      return "| %s | %s | %s | %s | %s |"
          .formatted(
              type,
              spelled(vectors),
              spelled(classes),
              natural.isEmpty() ? "error" : spelled(natural),
              (carrier ? "carrier" : "native") + (keyTwice ? "; error with a key twice" : ""));
    }

    private static String spelled(Set<String> names) {
      return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
  }

  private static List<String> table(String heading) throws IOException {
    String document = Files.readString(ROOT.resolve("docs/types.md"));
    String section = document.split("\n## " + heading + "\n", 2)[1].split("\n## ", 2)[0];
    return section.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
  }

  @Test
  void everyType_isWhatTheDocumentSays() throws Exception {
    List<String> found = new ArrayList<>();
    for (String line : table("SQL types and Arrow")) {
      var seen = new Seen();
      for (String vector :
          VECTOR.matcher(line).results().map((MatchResult m) -> m.group(1)).toList()) {
        look(ROOT.resolve("bxl-codec/vectors").resolve(vector + ".bxl"), seen);
      }
      found.add(seen.row(line.split(" *\\| *", 3)[1]));
    }
    assertEquals(String.join("\n", table("Java")), String.join("\n", found));
  }

  private static void look(Path stream, Seen seen) throws Exception {
    var channel = Channels.newChannel(new ByteArrayInputStream(Files.readAllBytes(stream)));
    try (var allocator = new RootAllocator();
        ArrowReader reader =
            BxlChannels.reader(allocator, channel, new BxlValidator(BxlLimits.DEFAULT))) {
      while (reader.loadNextBatch()) {
        for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
          seen.vectors.add(vector.getClass().getSimpleName());
          for (int row = 0; row < vector.getValueCount(); row++) {
            try {
              note(Values.get(vector, row, reader), seen);
            } catch (IllegalStateException e) {
              assertTrue(String.valueOf(e.getMessage()).endsWith(" twice"), e.toString());
              seen.keyTwice = true;
            }
          }
        }
      }
    }
  }

  private static void note(@Nullable Object value, Seen seen) {
    if (value == null) {
      return;
    }
    seen.carrier |= value instanceof PeriodDuration;
    seen.classes.add(
        switch (value) {
          case List<?> _ -> "List";
          case Map<?, ?> _ -> "Map";
          default -> value.getClass().getSimpleName();
        });
    try {
      Field natural = NaturalType.of("c", value);
      NATURAL.forEach((name, field) -> {
        if (ColumnConversion.isSame(natural, field)) {
          seen.natural.add(name);
        }
      });
    } catch (IllegalArgumentException e) {
      // The error that the document states: the class does not say enough.
    }
  }
}
