// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.sdk.Columns;
import io.launchpad.sdk.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which Java objects fit which columns, and what becomes of them.
final class CellWriterTest {
  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeft() {
    allocator.close();
  }

  private @Nullable Object written(Field column, Object value) throws DoesNotFit {
    try (FieldVector vector = column.createVector(allocator)) {
      vector.allocateNew();
      CellWriter.set(vector, 0, value);
      vector.setValueCount(1);
      return Values.get(vector, 0, new MapDictionaryProvider());
    }
  }

  private void assertRefused(Field column, Object value, String why) {
    var refused = assertThrows(DoesNotFit.class, () -> written(column, value));
    assertEquals(why, refused.getMessage());
  }

  @Test
  void textOfAUuid_isAUuid() throws Exception {
    UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    assertEquals(uuid, written(Columns.uuid("c"), "00112233-4455-6677-8899-AABBCCDDEEFF"));
    assertRefused(Columns.uuid("c"), "1-2-3-4-5", "not the text of a uniqueidentifier");
    assertRefused(Columns.uuid("c"), "", "not the text of a uniqueidentifier");
  }

  private static Field extension(String name, ArrowType storage, Field... children) {
    return new Field(
        "c",
        new FieldType(true, storage, null, Map.of("ARROW:extension:name", name)),
        List.of(children));
  }

  @Test
  void integers_fitWhereTheyAreInRange() throws DoesNotFit {
    assertEquals(7, written(Columns.int32("c"), 7L));
    assertEquals(7L, written(Columns.int64("c"), new BigDecimal("7.00")));
    assertEquals(7L, written(Columns.int64("c"), 7.0));
    assertEquals((short) -1, written(Columns.int16("c"), BigInteger.ONE.negate()));
    assertEquals(true, written(Columns.bool("c"), 1));
    assertRefused(Columns.int32("c"), 1L << 31, "out of range");
    assertRefused(Columns.int64("c"), BigInteger.ONE.shiftLeft(63), "out of range");
    assertRefused(Columns.int64("c"), new BigDecimal("1E+400000000"), "out of range");
    assertRefused(Columns.int64("c"), 7.5, "not a whole number");
    assertRefused(Columns.bool("c"), 2, "out of range");
    assertRefused(Columns.int32("c"), "7", "a java.lang.String is not an integer");
    assertRefused(Columns.int32("c"), Double.NaN, "a java.lang.Double is not an integer");
  }

  @Test
  void floats_areExactButForReal() throws DoesNotFit {
    assertEquals(-0.0, written(Columns.float64("c"), -0.0));
    assertEquals(Double.NaN, written(Columns.float64("c"), Double.NaN));
    assertEquals((double) (1L << 53), written(Columns.float64("c"), 1L << 53));
    assertRefused(Columns.float64("c"), (1L << 53) + 1, "not exact as a float");
    assertRefused(Columns.float64("c"), Long.MAX_VALUE, "not exact as a float");
    assertRefused(Columns.float64("c"), BigInteger.TEN.pow(400), "out of range");
    assertEquals(0.1f, written(Columns.float32("c"), 0.1));
    assertRefused(Columns.float32("c"), 1e300, "too large for real");
    assertEquals(Float.POSITIVE_INFINITY, written(Columns.float32("c"), Double.POSITIVE_INFINITY));
  }

  @Test
  void decimals_areRoundedHalfAwayFromZero() throws DoesNotFit {
    Field column = Columns.decimal("c", 5, 2);
    assertEquals(new BigDecimal("0.13"), written(column, new BigDecimal("0.125")));
    assertEquals(new BigDecimal("-0.13"), written(column, new BigDecimal("-0.125")));
    assertEquals(new BigDecimal("0.10"), written(column, 0.1));
    assertEquals(new BigDecimal("7.00"), written(column, 7));
    assertEquals(new BigDecimal("0.00"), written(column, new BigDecimal("1E-400000000")));
    assertRefused(column, new BigDecimal("999.995"), "out of range");
    assertRefused(column, new BigDecimal("1E+400000000"), "out of range");
    assertRefused(column, Double.NaN, "not a number that a decimal can be");
    BigDecimal widest = new BigDecimal("9".repeat(76));
    assertEquals(widest, written(Columns.decimal("c", 76, 0), widest));
  }

  @Test
  void textAndBytes_areTakenAsTheyAre() throws DoesNotFit {
    assertEquals("a\0ä😀", written(Columns.text("c"), "a\0ä😀"));
    UUID uuid = UUID.fromString("6F9619FF-8B86-D011-B42D-00C04FC964FF");
    assertEquals(uuid.toString(), written(Columns.text("c"), uuid));
    assertEquals(uuid, written(Columns.uuid("c"), uuid));
    assertRefused(
        Columns.text("c"), "\ud83d", "half of a surrogate pair, which is no Unicode text");
    assertRefused(
        Columns.text("c"), 7, "a java.lang.Integer is not text; use String.valueOf in the script");
    assertRefused(Columns.uuid("c"), new byte[3], "3 bytes instead of 16");
  }

  @Test
  void moments_areExactOrRoundedToTheUnit() throws DoesNotFit {
    assertEquals(LocalDate.of(1, 1, 1), written(Columns.date("c"), LocalDate.of(1, 1, 1)));
    assertEquals(
        LocalDate.of(2024, 2, 29), written(Columns.date("c"), LocalDateTime.of(2024, 2, 29, 0, 0)));
    assertRefused(Columns.date("c"), LocalDateTime.of(2024, 2, 29, 0, 1), "not a whole day");
    var moment = LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_500);
    assertEquals(
        LocalDateTime.of(1970, 1, 1, 0, 0), written(Columns.dateTime("c"), moment.plusNanos(0)));
    assertEquals(
        LocalTime.of(23, 59, 59, 999_999_000),
        written(Columns.time("c"), LocalTime.of(23, 59, 59, 999_999_499)));
    assertRefused(Columns.time("c"), LocalTime.MAX, "rounded to the next day");
    Instant instant = Instant.parse("2024-03-31T01:30:00Z");
    var zoned = Field.nullable("c", new ArrowType.Timestamp(TimeUnit.SECOND, "Europe/Berlin"));
    assertEquals(
        ZonedDateTime.parse("2024-03-31T03:30+02:00[Europe/Berlin]"), written(zoned, instant));
    assertRefused(
        zoned,
        LocalDateTime.of(2024, 3, 31, 2, 30),
        "a java.time.LocalDateTime is not an Instant, OffsetDateTime or ZonedDateTime");
  }

  @Test
  void extensions_holdTheWholeRangeOfSqlServer() throws DoesNotFit {
    var ticks = new ArrowType.Int(64, true);
    var last = LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_900);
    assertEquals(last, written(extension("launchpad.datetime2", ticks), last));
    var first = LocalDateTime.of(1, 1, 1, 0, 0);
    assertEquals(first, written(extension("launchpad.datetime2", ticks), first));
    assertEquals(
        LocalTime.of(12, 0, 0, 100),
        written(extension("launchpad.time", ticks), LocalTime.of(12, 0, 0, 100)));
    Field offset =
        extension(
            "launchpad.datetimeoffset",
            ArrowType.Struct.INSTANCE,
            Field.notNullable("ticks", ticks),
            Field.notNullable("offset_minutes", new ArrowType.Int(16, true)));
    var written = OffsetDateTime.parse("0001-01-01T00:00:00.0000001+14:00");
    assertEquals(written, written(offset, written));
    assertRefused(
        offset, OffsetDateTime.parse("2024-01-01T00:00:00+01:00:01"), "the offset has seconds");
  }

  @Test
  void spans_fitTheirUnits() throws DoesNotFit {
    Field duration = Field.nullable("c", new ArrowType.Duration(TimeUnit.MILLISECOND));
    assertEquals(Duration.ofMillis(-3), written(duration, Duration.ofNanos(-2_500_000)));
    Field months = Field.nullable("c", new ArrowType.Interval(IntervalUnit.YEAR_MONTH));
    assertEquals(Period.ofMonths(14), written(months, Period.of(1, 2, 0)));
    assertRefused(months, Period.ofDays(1), "not a number of months");
  }

  @Test
  void nestedValues_areListsAndMaps() throws DoesNotFit {
    Field list =
        new Field("c", FieldType.nullable(ArrowType.List.INSTANCE), List.of(Columns.int32("item")));
    assertEquals(List.of(1, 2), written(list, new int[] {1, 2}));
    assertRefused(list, "x", "a java.lang.String is not a Collection or an array");
    Field struct =
        new Field(
            "c",
            FieldType.nullable(ArrowType.Struct.INSTANCE),
            List.of(Columns.int32("a"), Columns.text("b")));
    assertEquals(Map.of("a", 1, "b", "x"), written(struct, Map.of("a", 1, "b", "x")));
    assertRefused(struct, Map.of("z", 1), "no field 'z'");
  }
}
