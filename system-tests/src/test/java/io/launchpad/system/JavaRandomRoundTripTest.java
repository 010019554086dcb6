// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.launchpad.bxl.BxlChannels;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.bxl.JsonStream;
import io.launchpad.bxl.RandomStream;
import io.launchpad.client.Execution;
import io.launchpad.client.ExecutionListener;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptOutput;
import io.launchpad.client.ScriptRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// [RandomRoundTripTest] for Java: many tables go through each call, as inputs and outputs of it,
/// since a virtual machine serves one call. A table's copy is made by Arrow's batches, by columns
/// or by rows; Java refuses no type.
///
/// A failure names its seed; `-Dlaunchpad.round-trip.seed=N` runs that one.
final class JavaRandomRoundTripTest {
  private static final int NORMAL = 300;
  private static final int NIGHTLY = 10_000;
  private static final int TABLES_PER_CALL = 60;

  /// Copies each input to its output in the way that the first letter of its name says. Only the
  /// main input comes in chunks.
  static final String COPY =
      """
      import io.launchpad.sdk.*;
      import java.util.*;
      import org.apache.arrow.vector.types.pojo.Field;

      void main() throws Exception {
        Call call = Call.current();
        int count = call.session().run() == 0 ? call.inputs().size() : 1;
        for (int i = 0; i < count; i++) {
          Input input = call.inputs().get(i);
          Output output = call.outputs().get(i);
          switch (input.name().charAt(0)) {
            case 'c' -> copyColumns(input.table(), output.columns());
            case 'r' -> copyRows(input, output);
            default -> {
              try (var reader = input.reader()) {
                output.write(reader);
              }
            }
          }
        }
      }

      void copyColumns(Table table, ColumnWriter writer) throws Exception {
        for (Column column : table.columns()) {
          List<Object> values = new ArrayList<>();
          for (int row = 0; row < table.rowCount(); row++) {
            values.add(column.get(row));
          }
          writer.add(of(column.field()), values);
        }
        writer.write();
      }

      void copyRows(Input input, Output output) throws Exception {
        Field[] fields = input.schema().getFields().stream().map(this::of).toArray(Field[]::new);
        try (RowWriter writer = output.rows(fields)) {
          for (Row row : input.rows()) {
            Object[] values = new Object[fields.length];
            for (int i = 0; i < values.length; i++) {
              values[i] = row.get(i);
            }
            writer.add(values);
          }
        }
      }

      // Entries of a dictionary are values.
      Field of(Field field) {
        return field.getDictionary() == null ? field : Columns.text(field.getName());
      }
      """;

  private static ServiceUnderTest service;
  private static Engine engine;

  /// @param way the first letter of the input's name
  private record Case(long seed, ObjectNode table, boolean declared, char way, ByteBuffer stream) {
    String name() {
      return "%c%d".formatted(way, seed);
    }

    @Override
    public String toString() {
      return "seed %d (%s), %s".formatted(seed, name(), table.get("fields"));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS);
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.close();
  }

  @Test
  @Timeout(600)
  void randomTables_comeBackAsTheSameBits() throws Exception {
    Long seed = Long.getLong("launchpad.round-trip.seed");
    if (seed != null) {
      run(List.of(made(seed)));
      return;
    }
    roundTrips(0, NORMAL);
  }

  /// Other tables each night.
  @Test
  @Tag("nightly")
  @Timeout(3_600)
  void manyRandomTables_comeBackAsTheSameBits() throws Exception {
    long first = System.currentTimeMillis() * NIGHTLY;
    System.out.printf("Java: seeds from %d%n", first);
    roundTrips(first, NIGHTLY);
  }

  private static void roundTrips(long first, int count) throws Exception {
    List<Case> cases = new ArrayList<>();
    for (long seed = first; seed < first + count; seed++) {
      Case made = made(seed);
      if (!made.table().get("fields").isEmpty()) {
        cases.add(made);
      }
      if (cases.size() == TABLES_PER_CALL || seed == first + count - 1) {
        roundTrip(cases);
        cases.clear();
      }
    }
  }

  private static Case made(long seed) {
    var random = new SplittableRandom(seed);
    boolean declared = random.nextBoolean();
    ObjectNode table = RandomStream.describe(random);
    boolean arrowOnly =
        table.get("fields").toString().contains("\"dictionary\"")
            || holdsKeyTwice(table.get("batches"));
    char way = arrowOnly ? 'a' : "acr".charAt(random.nextInt(3));
    BxlWriterOptions options =
        BxlWriterOptions.DEFAULT.withBatches(1 + random.nextInt(50), 4L << 20);
    byte[] stream = JsonStream.write(engine.allocator(), table, options);
    return new Case(seed, table, declared, way, ByteBuffer.wrap(stream));
  }

  /// A map with one key twice is an error in Java unless it goes through as Arrow. Also true of
  /// other pairs that begin alike.
  private static boolean holdsKeyTwice(JsonNode node) {
    Set<String> keys = new HashSet<>();
    for (JsonNode child : node) {
      boolean pair = child.isArray() && child.size() == 2 && child.get(0).isTextual();
      if ((pair && !keys.add(child.get(0).asText())) || holdsKeyTwice(child)) {
        return true;
      }
    }
    return false;
  }

  private static void roundTrip(List<Case> cases) throws Exception {
    try {
      run(cases);
    } catch (ScriptException e) {
      for (Case each : cases) {
        try {
          run(List.of(each));
        } catch (ScriptException alone) {
          throw new AssertionError(each.toString(), alone);
        }
      }
      throw new AssertionError("only together: " + cases, e);
    }
  }

  private static void run(List<Case> cases) throws Exception {
    if (cases.isEmpty()) {
      return;
    }
    var random = new SplittableRandom(cases.getFirst().seed());
    List<ScriptInput> inputs = new ArrayList<>();
    List<ScriptOutput> outputs = new ArrayList<>();
    List<ArrowReader> readers = new ArrayList<>();
    try {
      for (Case each : cases) {
        ArrowReader reader = reader(each.stream().array());
        readers.add(reader);
        inputs.add(ScriptInput.stable(each.name(), reader));
        outputs.add(
            each.declared()
                ? ScriptOutput.declared("o" + each.name(), JsonStream.schema(each.table()))
                : ScriptOutput.undeclared("o" + each.name()));
      }
      ScriptRequest request =
          JavaRuntime.request(COPY)
              .rowsPerRead(random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 0)
              .outputs(outputs.toArray(ScriptOutput[]::new))
              .build();
      try (Execution execution =
          engine.client().execute(request, inputs, null, ExecutionListener.NONE)) {
        for (int i = 0; i < cases.size(); i++) {
          assertSame(cases.get(i), execution.outputs().get(i));
        }
        execution.await();
      }
    } finally {
      for (ArrowReader reader : readers) {
        reader.close();
      }
    }
  }

  private static ArrowReader reader(byte[] stream) throws IOException {
    return BxlChannels.reader(
        engine.allocator(),
        Channels.newChannel(new ByteArrayInputStream(stream)),
        new BxlValidator(BxlLimits.DEFAULT));
  }

  private static void assertSame(Case sent, ArrowReader output) throws Exception {
    int columns = sent.table().get("fields").size();
    String expected = JsonStream.columns(columns, sent.table().get("batches"));
    assertEquals(expected, JsonStream.columns(columns, JsonStream.batches(output)), sent::toString);
  }
}
