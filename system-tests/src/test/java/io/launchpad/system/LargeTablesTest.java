// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.client.Execution;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tables of many columns and of many rows go through a script as one table and come back whole.
/// `./launchpad bench pandas r wide r-wide` says how fast.
final class LargeTablesTest {
  private static final int COLUMNS = 1_000;
  private static final int ROWS_OF_WIDE = 400;
  private static final long ROWS = 300_000;
  private static final long ROWS_NIGHTLY = 10_000_000;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service =
        ServiceUnderTest.start(
            JavaRuntime.SETTINGS
                .and(ScriptLanguage.settings(1))
                .withLimit("resource-pool.default.session-memory", "2GiB"));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.close();
  }

  static List<ScriptLanguage> languages() {
    return ScriptLanguage.all();
  }

  private static ScriptRequest identity(ScriptLanguage language) {
    return ScriptRequest.builder("alice", language.name(), language.identity()).build();
  }

  @ParameterizedTest
  @MethodSource("languages")
  @Timeout(300)
  void thousandColumns_comeBackWhole(ScriptLanguage language) throws Exception {
    ArrowType type = new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    List<Field> fields =
        IntStream.range(0, COLUMNS).mapToObj(i -> Field.notNullable("c" + i, type)).toList();
    try (var table = VectorSchemaRoot.create(new Schema(fields), engine.allocator())) {
      for (int column = 0; column < COLUMNS; column++) {
        var values = (Float8Vector) table.getVector(column);
        values.allocateNew(ROWS_OF_WIDE);
        for (int row = 0; row < ROWS_OF_WIDE; row++) {
          values.set(row, column + row / 1024.0);
        }
      }
      table.setRowCount(ROWS_OF_WIDE);
      try (Execution execution =
          engine
              .client()
              .execute(identity(language), List.of(ScriptInput.of("InputDataSet", table)))) {
        ArrowReader output = execution.outputs().getFirst();
        int received = 0;
        while (output.loadNextBatch()) {
          VectorSchemaRoot batch = output.getVectorSchemaRoot();
          assertEquals(COLUMNS, batch.getFieldVectors().size());
          for (int column = 0; column < COLUMNS; column++) {
            var values = (Float8Vector) batch.getVector(column);
            for (int row = 0; row < batch.getRowCount(); row++) {
              assertEquals(column + (received + row) / 1024.0, values.get(row));
            }
          }
          received += batch.getRowCount();
        }
        execution.await();
        assertEquals(ROWS_OF_WIDE, received);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("languages")
  @Timeout(300)
  void manyRows_comeBackWhole(ScriptLanguage language) throws Exception {
    manyRows(language, ROWS);
  }

  @ParameterizedTest
  @MethodSource("languages")
  @Tag("nightly")
  @Timeout(900)
  void tenMillionRows_comeBackWhole(ScriptLanguage language) throws Exception {
    manyRows(language, ROWS_NIGHTLY);
  }

  private static void manyRows(ScriptLanguage language, long rows) throws Exception {
    try (var input = GeneratedRows.count(engine, rows);
        Execution execution = engine.client().execute(identity(language), List.of(input.input()))) {
      ArrowReader output = execution.outputs().getFirst();
      long received = 0;
      while (output.loadNextBatch()) {
        VectorSchemaRoot batch = output.getVectorSchemaRoot();
        var id = (BigIntVector) batch.getVector(0);
        var value = (Float8Vector) batch.getVector(2);
        for (int row = 0; row < batch.getRowCount(); row++, received++) {
          if (id.get(row) != received || value.get(row) != received / 2.0) {
            throw new AssertionError(
                "row %d: %d, %s".formatted(received, id.get(row), value.get(row)));
          }
        }
      }
      assertEquals(rows, execution.await().outputs().getFirst().rows());
      assertEquals(rows, received);
    }
  }
}
