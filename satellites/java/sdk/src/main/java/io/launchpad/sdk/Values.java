// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.PeriodDuration;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// A value of an Arrow vector as the Java object that is exactly it.
///
/// | Arrow | Java |
/// |---|---|
/// | bool; int8 to int64 | `Boolean`; `Byte`, `Short`, `Integer`, `Long` |
/// | uint8, uint16, uint32, uint64 | `Short`, `Integer`, `Long`, `BigInteger` |
/// | float32, float64; decimal | `Float`, `Double`; `BigDecimal` |
/// | text; binary; `arrow.uuid` | `String`; `byte[]`; `UUID` |
/// | date; time; timestamp without and with a zone | `LocalDate`; `LocalTime`; `LocalDateTime`, `ZonedDateTime` |
/// | `launchpad.datetime2`, `.time`, `.datetimeoffset` | `LocalDateTime`, `LocalTime`, `OffsetDateTime` |
/// | duration; interval | `Duration`; `Period` (months), Arrow's `PeriodDuration` |
/// | list, struct, map, dictionary | `List`, `Map`, `Map`, the entry |
public final class Values {
  static final String EXTENSION = "ARROW:extension:name";

  private static final long TICKS_PER_SECOND = 10_000_000L;
  private static final int NANOS_PER_TICK = 100;

  /// From 0001-01-01 to 1970-01-01.
  private static final long SECONDS_BEFORE_EPOCH = -LocalDate.of(1, 1, 1).toEpochDay() * 86_400L;

  private Values() {}

  /// The value in a row of a vector, null for NULL.
  ///
  /// @param dictionaries where the dictionaries of encoded vectors are found
  public static @Nullable Object get(FieldVector vector, int row, DictionaryProvider dictionaries) {
    if (vector.isNull(row)) {
      return null;
    }
    Field field = vector.getField();
    DictionaryEncoding encoding = field.getDictionary();
    if (encoding != null) {
      Dictionary dictionary = dictionaries.lookup(encoding.getId());
      if (dictionary == null) {
        throw new IllegalStateException("dictionary " + encoding.getId() + " is not there");
      }
      long index = ((BaseIntVector) vector).getValueAsLong(row);
      return get(dictionary.getVector(), Math.toIntExact(index), dictionaries);
    }
    String extension = field.getMetadata().get(EXTENSION);
    if (extension != null) {
      Object special = extended(extension, vector, row);
      if (special != null) {
        return special;
      }
    }
    return plain(vector, row, dictionaries);
  }

  private static @Nullable Object extended(String extension, FieldVector vector, int row) {
    return switch (vector) {
      case FixedSizeBinaryVector bytes when extension.equals("arrow.uuid") -> uuid(bytes.get(row));
      case BigIntVector ticks when extension.equals("launchpad.datetime2") ->
          dateTime(ticks.get(row), ZoneOffset.UTC);
      case BigIntVector ticks when extension.equals("launchpad.time") ->
          LocalTime.ofNanoOfDay(ticks.get(row) * NANOS_PER_TICK);
      case StructVector struct when extension.equals("launchpad.datetimeoffset") ->
          dateTimeOffset(struct, row);
      default -> null;
    };
  }

  private static @Nullable Object plain(
      FieldVector vector, int row, DictionaryProvider dictionaries) {
    return switch (vector) {
      case BitVector v -> v.get(row) == 1;
      case TinyIntVector v -> v.get(row);
      case SmallIntVector v -> v.get(row);
      case IntVector v -> v.get(row);
      case BigIntVector v -> v.get(row);
      case UInt1Vector v -> (short) (v.get(row) & 0xFF);
      case UInt2Vector v -> (int) v.get(row);
      case UInt4Vector v -> v.get(row) & 0xFFFF_FFFFL;
      case UInt8Vector v -> new BigInteger(Long.toUnsignedString(v.get(row)));
      case Float4Vector v -> v.get(row);
      case Float8Vector v -> v.get(row);
      case DecimalVector v -> v.getObject(row);
      case Decimal256Vector v -> v.getObject(row);
      case VarCharVector v -> text(v.get(row));
      case LargeVarCharVector v -> text(v.get(row));
      case VarBinaryVector v -> v.get(row);
      case LargeVarBinaryVector v -> v.get(row);
      case FixedSizeBinaryVector v -> v.get(row);
      case DateDayVector v -> LocalDate.ofEpochDay(v.get(row));
      case TimeSecVector v -> LocalTime.ofSecondOfDay(v.get(row));
      case TimeMilliVector v -> LocalTime.ofNanoOfDay(v.get(row) * 1_000_000L);
      case TimeMicroVector v -> LocalTime.ofNanoOfDay(v.get(row) * 1_000L);
      case TimeNanoVector v -> LocalTime.ofNanoOfDay(v.get(row));
      case TimeStampVector v -> timestamp(v, row);
      case DurationVector v -> duration(DurationVector.get(v.getDataBuffer(), row), v.getUnit());
      case IntervalYearVector v -> Period.ofMonths(v.get(row));
      case IntervalDayVector v ->
          new PeriodDuration(
              Period.ofDays(IntervalDayVector.getDays(v.getDataBuffer(), row)),
              Duration.ofMillis(IntervalDayVector.getMilliseconds(v.getDataBuffer(), row)));
      case IntervalMonthDayNanoVector v -> v.getObject(row);
      case MapVector v -> map(v, row, dictionaries);
      case ListVector v ->
          list(
              v.getDataVector(),
              v.getElementStartIndex(row),
              v.getElementEndIndex(row),
              dictionaries);
      case LargeListVector v ->
          list(
              v.getDataVector(),
              Math.toIntExact(v.getElementStartIndex(row)),
              Math.toIntExact(v.getElementEndIndex(row)),
              dictionaries);
      case FixedSizeListVector v ->
          list(v.getDataVector(), row * v.getListSize(), (row + 1) * v.getListSize(), dictionaries);
      case StructVector v -> struct(v, row, dictionaries);
      default -> throw new IllegalStateException("values of type " + vector.getField().getType());
    };
  }

  private static String text(byte[] utf8) {
    return new String(utf8, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static Object timestamp(TimeStampVector vector, int row) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) vector.getField().getType();
    Instant instant = instant(vector.get(row), type.getUnit());
    String zone = type.getTimezone();
    return zone == null
        ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
        : ZonedDateTime.ofInstant(instant, zone(zone));
  }

  /// A zone that Java does not know changes no moment: it is then told in UTC.
  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }

  private static Instant instant(long count, TimeUnit unit) {
    long perSecond =
        switch (unit) {
          case SECOND -> 1L;
          case MILLISECOND -> 1_000L;
          case MICROSECOND -> 1_000_000L;
          case NANOSECOND -> 1_000_000_000L;
        };
    return Instant.ofEpochSecond(
        Math.floorDiv(count, perSecond),
        Math.floorMod(count, perSecond) * (1_000_000_000L / perSecond));
  }

  /// Not Arrow's own way, which ends at 292 years whatever the unit.
  private static Duration duration(long count, TimeUnit unit) {
    return switch (unit) {
      case SECOND -> Duration.ofSeconds(count);
      case MILLISECOND -> Duration.ofMillis(count);
      case MICROSECOND -> Duration.of(count, ChronoUnit.MICROS);
      case NANOSECOND -> Duration.ofNanos(count);
    };
  }

  private static LocalDateTime dateTime(long ticks, ZoneOffset offset) {
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(ticks, TICKS_PER_SECOND) - SECONDS_BEFORE_EPOCH,
        (int) Math.floorMod(ticks, TICKS_PER_SECOND) * NANOS_PER_TICK,
        offset);
  }

  private static @Nullable Object dateTimeOffset(StructVector struct, int row) {
    if (!(struct.getChild("ticks") instanceof BigIntVector ticks)
        || !(struct.getChild("offset_minutes") instanceof SmallIntVector minutes)) {
      return null;
    }
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(minutes.get(row) * 60);
    return OffsetDateTime.of(dateTime(ticks.get(row), offset), offset);
  }

  private static List<@Nullable Object> list(
      FieldVector values, int from, int to, DictionaryProvider dictionaries) {
    List<@Nullable Object> list = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      list.add(get(values, i, dictionaries));
    }
    return Collections.unmodifiableList(list);
  }

  private static Map<String, @Nullable Object> struct(
      StructVector vector, int row, DictionaryProvider dictionaries) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    for (FieldVector child : vector.getChildrenFromFields()) {
      fields.put(child.getName(), get(child, row, dictionaries));
    }
    return Collections.unmodifiableMap(fields);
  }

  private static Map<Object, @Nullable Object> map(
      MapVector vector, int row, DictionaryProvider dictionaries) {
    List<FieldVector> entries = vector.getDataVector().getChildrenFromFields();
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
      Object key = get(entries.get(0), i, dictionaries);
      if (key == null || map.containsKey(key)) {
        throw new IllegalStateException(
            "a map with the key %s %s".formatted(key, key == null ? "" : "twice"));
      }
      map.put(key, get(entries.get(1), i, dictionaries));
    }
    return Collections.unmodifiableMap(map);
  }
}
