// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/// A value of a column as text, exactly and without loss: what a person reads in a table and a
/// program in CSV.
final class CellText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String EXTENSION = "ARROW:extension:name";
  private static final long TICKS_PER_SECOND = 10_000_000L;
  private static final LocalDateTime FIRST_DAY = LocalDateTime.of(1, 1, 1, 0, 0);

  private CellText() {}

  /// The text of row `row`, or null for NULL.
  static @Nullable String of(FieldVector column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    String extension = column.getField().getMetadata().get(EXTENSION);
    if (extension != null) {
      String text = ofExtension(extension, column.getObject(row));
      if (text != null) {
        return text;
      }
    }
    return switch (column) {
      case BitVector bits -> bits.get(row) == 0 ? "0" : "1";
      case UInt1Vector v -> Integer.toString(v.get(row) & 0xFF);
      case UInt2Vector v -> Integer.toString(v.get(row));
      case UInt4Vector v -> Integer.toUnsignedString(v.get(row));
      case UInt8Vector v -> Long.toUnsignedString(v.get(row));
      case TimeStampVector v -> timestamp(v, row);
      case ListVector v ->
          items(v.getDataVector(), v.getElementStartIndex(row), v.getElementEndIndex(row));
      case FixedSizeListVector v ->
          items(v.getDataVector(), v.getElementStartIndex(row), v.getElementEndIndex(row));
      case StructVector v -> fields(v, row);
      default -> ofObject(column.getObject(row), column);
    };
  }

  private static @Nullable String ofExtension(String name, Object value) {
    return switch (value) {
      case byte[] bytes when name.equals("arrow.uuid") -> uuid(bytes);
      case Long ticks when name.equals("launchpad.datetime2") -> dateTime2(ticks);
      case Long ticks when name.equals("launchpad.time") ->
          time(LocalTime.ofNanoOfDay(ticks * 100), 7);
      case Map<?, ?> parts when name.equals("launchpad.datetimeoffset") -> dateTimeOffset(parts);
      default -> null;
    };
  }

  private static String ofObject(Object value, FieldVector column) {
    return switch (value) {
      case byte[] bytes -> "0x" + HEX.formatHex(bytes);
      case BigDecimal number -> number.toPlainString();
      case Integer days when column.getField().getType() instanceof ArrowType.Date ->
          LocalDate.ofEpochDay(days).toString();
      case Number n when column.getField().getType() instanceof ArrowType.Time time ->
          time(LocalTime.ofNanoOfDay(n.longValue() * nanosPer(time)), digits(time));
      case LocalDateTime t when column.getField().getType() instanceof ArrowType.Time ->
          time(t.toLocalTime(), 3);
      default -> value.toString();
    };
  }

  private static String timestamp(TimeStampVector vector, int row) {
    var type = (ArrowType.Timestamp) vector.getField().getType();
    int digits =
        switch (type.getUnit()) {
          case SECOND -> 0;
          case MILLISECOND -> 3;
          case MICROSECOND -> 6;
          case NANOSECOND -> 9;
        };
    long perSecond = (long) Math.pow(10, digits);
    long value = vector.get(row);
    Instant instant =
        Instant.ofEpochSecond(
            Math.floorDiv(value, perSecond),
            Math.floorMod(value, perSecond) * (1_000_000_000L / perSecond));
    if (type.getTimezone() == null) {
      return dateTime(LocalDateTime.ofInstant(instant, ZoneOffset.UTC), digits);
    }
    var zoned = instant.atZone(ZoneId.of(type.getTimezone()));
    return dateTime(zoned.toLocalDateTime(), digits) + " " + offset(zoned.getOffset());
  }

  private static String dateTime2(long ticks) {
    LocalDateTime t =
        FIRST_DAY
            .plusSeconds(Math.floorDiv(ticks, TICKS_PER_SECOND))
            .plusNanos(Math.floorMod(ticks, TICKS_PER_SECOND) * 100);
    return dateTime(t, 7);
  }

  private static @Nullable String dateTimeOffset(Map<?, ?> parts) {
    if (parts.get("ticks") instanceof Long ticks
        && parts.get("offset_minutes") instanceof Short minutes) {
      return dateTime2(ticks + minutes * 60 * TICKS_PER_SECOND)
          + " "
          + offset(ZoneOffset.ofTotalSeconds(minutes * 60));
    }
    return null;
  }

  private static String dateTime(LocalDateTime t, int digits) {
    return t.toLocalDate() + " " + time(t.toLocalTime(), digits);
  }

  private static String time(LocalTime t, int digits) {
    String pattern = digits == 0 ? "HH:mm:ss" : "HH:mm:ss." + "S".repeat(digits);
    return DateTimeFormatter.ofPattern(pattern).format(t);
  }

  private static String offset(ZoneOffset offset) {
    return offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId();
  }

  private static long nanosPer(ArrowType.Time time) {
    return switch (time.getUnit()) {
      case SECOND -> 1_000_000_000L;
      case MILLISECOND -> 1_000_000L;
      case MICROSECOND -> 1_000L;
      case NANOSECOND -> 1L;
    };
  }

  private static int digits(ArrowType.Time time) {
    return switch (time.getUnit()) {
      case SECOND -> 0;
      case MILLISECOND -> 3;
      case MICROSECOND -> 6;
      case NANOSECOND -> 9;
    };
  }

  private static String uuid(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);
    return String.join(
        "-",
        hex.substring(0, 8),
        hex.substring(8, 12),
        hex.substring(12, 16),
        hex.substring(16, 20),
        hex.substring(20));
  }

  private static String items(FieldVector items, int from, int to) {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    for (int i = from; i < to; i++) {
      text.add(nested(items, i));
    }
    return text.toString();
  }

  private static String fields(StructVector struct, int row) {
    StringJoiner text = new StringJoiner(", ", "{", "}");
    for (FieldVector child : struct.getChildrenFromFields()) {
      text.add(child.getName() + ": " + nested(child, row));
    }
    return text.toString();
  }

  private static String nested(FieldVector column, int row) {
    String text = of(column, row);
    return text == null ? "NULL" : text;
  }
}
