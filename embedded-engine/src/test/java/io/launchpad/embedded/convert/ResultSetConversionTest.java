// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.Rows;
import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.convert.ResultSetConversion.Names;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.sql.SqlTypeParser;
import io.launchpad.embedded.sql.Statement.ResultColumn;
import io.launchpad.embedded.type.FixedType;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResultSetConversionTest {

  private static final ArrowType INT64 = new ArrowType.Int(64, true);
  private static final ArrowType UTF8 = ArrowType.Utf8.INSTANCE;

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void everythingIsGivenBack() {
    allocator.close();
  }

  private interface Filler {
    void fill(FieldVector vector, int row, Object value);
  }

  private Rows column(ArrowType type, Filler filler, @Nullable Object... values) {
    return Rows.of(
        allocator,
        List.of(Field.nullable("x", type)),
        root -> {
          for (int row = 0; row < values.length; row++) {
            if (values[row] == null) {
              root.getVector(0).setNull(row);
            } else {
              filler.fill(root.getVector(0), row, values[row]);
            }
          }
          root.setRowCount(values.length);
        });
  }

  private Rows longs(@Nullable Object... values) {
    return column(INT64, (v, row, x) -> ((BigIntVector) v).setSafe(row, (Long) x), values);
  }

  private Rows texts(@Nullable Object... values) {
    return column(
        UTF8,
        (v, row, x) ->
            ((VarCharVector) v)
                .setSafe(row, ((String) x).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        values);
  }

  private Rows doubles(@Nullable Object... values) {
    return column(
        ArrowTypes.field("x", FixedType.FLOAT, true).getType(),
        (v, row, x) -> ((Float8Vector) v).setSafe(row, (Double) x),
        values);
  }

  private List<Object> converted(ArrowReader source, String type) throws IOException {
    return converted(
        source, new ResultColumn("x", SqlTypeParser.parse(type), true, Optional.empty()));
  }

  private List<Object> converted(ArrowReader source, ResultColumn column) throws IOException {
    try (source) {
      var conversion =
          new ResultSetConversion(
              allocator, source, Optional.of(List.of(column)), Names.DECLARED, 1);
      return Rows.all(conversion).stream().map(List::getFirst).toList();
    }
  }

  private SqlError error(ArrowReader source, String type) {
    return assertThrows(StatementFailure.class, () -> converted(source, type)).error();
  }

  @Test
  void convert_fitsInt64IntoNarrowIntegersWhenTheValuesDo() throws IOException {
    assertEquals(Arrays.asList(1L, null, -5L), converted(longs(1L, null, -5L), "int"));
    assertEquals(List.of(0L, 255L), converted(longs(0L, 255L), "tinyint"));
    assertEquals(List.of(1.0, -2.0), converted(longs(1L, -2L), "float"));
    assertEquals(List.of(true, false), converted(longs(9L, 0L), "bit"));
    assertEquals(List.of("1", "22"), converted(longs(1L, 22L), "varchar(2)"));
    assertEquals(List.of(new BigDecimal("7.00")), converted(longs(7L), "decimal(5,2)"));
  }

  @Test
  void convert_namesColumnRowValueAndTypeWhenAValueDoesNotFit() {
    SqlError error = error(longs(1L, 2L, 3_000_000_000L), "int");
    assertEquals(8115, error.number());
    assertTrue(error.message().contains("Column 1 'x', row 3"), error.message());
    assertTrue(error.message().contains("3000000000 does not fit int"), error.message());
  }

  @Test
  void convert_countsRowsOverAllBatches() {
    Rows rows =
        Rows.of(
            allocator,
            List.of(Field.nullable("x", INT64)),
            root -> fill(root, 1, 2),
            root -> fill(root, 3, 999));
    assertTrue(error(rows, "tinyint").message().contains("row 4"));
  }

  private static void fill(VectorSchemaRoot root, long... values) {
    for (int i = 0; i < values.length; i++) {
      ((BigIntVector) root.getVector(0)).setSafe(i, values[i]);
    }
    root.setRowCount(values.length);
  }

  @Test
  void convert_checksTextsWithoutCuttingThem() throws IOException {
    assertEquals(Arrays.asList("é", null, ""), converted(texts("é", null, ""), "varchar(2)"));
    assertEquals(List.of("ab "), converted(texts("ab"), "char(3)"));
    assertEquals(List.of("éé"), converted(texts("éé"), "nvarchar(2)"));
    assertEquals(2628, error(texts("ok", "too long"), "nvarchar(3)").number());
    assertEquals(2628, error(texts("é"), "varchar(1)").number());
    assertEquals(List.of(5L), converted(texts("5"), "int"));
    assertEquals(8114, error(texts("5x"), "int").number());
  }

  @Test
  void convert_takesLargeTexts() throws IOException {
    Rows rows =
        column(
            ArrowType.LargeUtf8.INSTANCE,
            (v, row, x) ->
                ((LargeVarCharVector) v)
                    .setSafe(row, ((String) x).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            "a",
            null);
    assertEquals(Arrays.asList("a", null), converted(rows, "nvarchar(1)"));
  }

  @Test
  void convert_keepsWhatFloatsSay() throws IOException {
    List<Object> values = List.of(Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE);
    assertEquals(values, converted(doubles(values.toArray()), "float"));
    assertEquals(List.of(2L, -2L), converted(doubles(2.9, -2.9), "int"));
    assertEquals(8115, error(doubles(Double.NaN), "int").number());
    assertEquals(List.of(new BigDecimal("2.68")), converted(doubles(2.675), "decimal(5,2)"));
  }

  @Test
  void convert_roundsTimesToTheDeclaredDigits() throws IOException {
    Rows micros =
        column(
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, null),
            (v, row, x) -> ((TimeStampMicroVector) v).setSafe(row, (Long) x),
            1_500_000L,
            253_402_300_799_000_000L);
    assertEquals(
        "[1970-01-01T00:00:01.500, 9999-12-31T23:59:59]",
        converted(micros, "datetime2(7)").toString());
    Rows nanos =
        column(
            new ArrowType.Timestamp(TimeUnit.NANOSECOND, null),
            (v, row, x) -> ((TimeStampNanoVector) v).setSafe(row, (Long) x),
            1_500_000_150L);
    assertEquals("[1970-01-01T00:00:01.500000200]", converted(nanos, "datetime2(7)").toString());
    Rows zoned =
        column(
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, "Europe/Berlin"),
            (v, row, x) ->
                ((org.apache.arrow.vector.TimeStampMicroTZVector) v).setSafe(row, (Long) x),
            0L);
    assertEquals("[1970-01-01T01:00+01:00]", converted(zoned, "datetimeoffset(3)").toString());
  }

  @Test
  void convert_failsWhenATimeIsOutOfRange() {
    Rows micros =
        column(
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, null),
            (v, row, x) -> ((TimeStampMicroVector) v).setSafe(row, (Long) x),
            Long.MAX_VALUE);
    assertEquals(242, error(micros, "datetime2(6)").number());
    assertEquals(242, error(texts("1600-01-01"), "datetime2(7)").number());
  }

  @Test
  void convert_takesUnsignedIntegersAndBytes() throws IOException {
    Rows unsigned =
        column(
            new ArrowType.Int(64, false),
            (v, row, x) -> ((UInt8Vector) v).setSafe(row, (Long) x),
            -1L);
    assertEquals(
        List.of(new BigDecimal("18446744073709551615")), converted(unsigned, "decimal(20,0)"));
    assertEquals(
        2628,
        error(
                column(
                    ArrowType.Binary.INSTANCE,
                    (v, row, x) -> ((VarBinaryVector) v).setSafe(row, (byte[]) x),
                    new byte[3]),
                "varbinary(2)")
            .number());
  }

  @Test
  void convert_takesAColumnOfNothingButNullsForAnyType() throws IOException {
    for (String type :
        List.of(
            "int",
            "varchar(3)",
            "uniqueidentifier",
            "datetimeoffset(7)",
            "decimal(5,2)",
            "binary(2)")) {
      Rows nulls = column(ArrowType.Null.INSTANCE, (_, _, _) -> {}, null, null);
      assertEquals(Collections.nCopies(2, null), converted(nulls, type), type);
    }
  }

  @Test
  void convert_failsWithError11553WhenANullStandsInANotNullColumn() {
    var column = new ResultColumn("x", FixedType.INT, false, Optional.empty());
    var failure = assertThrows(StatementFailure.class, () -> converted(longs(1L, null), column));
    assertEquals(11553, failure.error().number());
    assertTrue(failure.error().message().contains("row 2"), failure.error().message());
  }

  @Test
  void convert_failsWithError11538WhenThereIsNoConversion() {
    assertEquals(11538, error(longs(), "date").number());
    assertEquals(11538, error(texts("a"), "varbinary(1)").number());
  }

  @Test
  void convert_failsWithError11537WhenTheNumberOfColumnsDiffers() throws IOException {
    try (Rows rows = longs(1L)) {
      var columns =
          Collections.nCopies(2, new ResultColumn("x", FixedType.INT, true, Optional.empty()));
      try (var conversion =
          new ResultSetConversion(allocator, rows, Optional.of(columns), Names.DECLARED, 1)) {
        var failure = assertThrows(StatementFailure.class, conversion::getVectorSchemaRoot);
        assertEquals(11537, failure.error().number());
      }
    }
  }

  @Test
  void convert_keepsNamesAndTypesOfAnEmptyResult() throws IOException {
    try (Rows rows = longs();
        var conversion =
            new ResultSetConversion(
                allocator,
                rows,
                Optional.of(
                    List.of(
                        new ResultColumn("größe [m]", FixedType.MONEY, true, Optional.empty()))),
                Names.DECLARED,
                1)) {
      Field field = conversion.getVectorSchemaRoot().getSchema().getFields().getFirst();
      assertEquals("größe [m]", field.getName());
      assertEquals(FixedType.MONEY, ArrowTypes.sqlType(field));
    }
  }

  @Test
  void convert_takesAThousandColumnsByPosition() throws IOException {
    List<Field> fields =
        IntStream.range(0, 1_000)
            .mapToObj(i -> Field.nullable(i % 2 == 0 ? "same" : "", new ArrowType.Int(32, true)))
            .toList();
    var declared = new ArrayList<ResultColumn>();
    for (int i = 0; i < 1_000; i++) {
      declared.add(
          new ResultColumn(
              "c" + i, i % 2 == 0 ? FixedType.BIGINT : FixedType.SMALLINT, true, Optional.empty()));
    }
    try (Rows rows =
        Rows.of(
            allocator,
            fields,
            root -> {
              for (int i = 0; i < 1_000; i++) {
                ((IntVector) root.getVector(i)).setSafe(0, i);
              }
              root.setRowCount(1);
            })) {
      var conversion =
          new ResultSetConversion(allocator, rows, Optional.of(declared), Names.DECLARED, 1);
      List<Object> row = Rows.all(conversion).getFirst();
      for (int i = 0; i < 1_000; i++) {
        assertEquals((long) i, row.get(i));
      }
    }
  }
}
