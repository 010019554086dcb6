// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.cast.CastException.Reason;
import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.convert.ColumnConversion.CellFailure;
import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.TextType;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/// Looks over the buffers of a column whose carrier is right already: lengths of texts and byte
/// strings, years of dates.
final class Checks {

  /// Throws [CellFailure] at the first value that is not of the type.
  interface Check {
    void check(FieldVector source, int rows);
  }

  private Checks() {}

  static Check text(TextType type) {
    if (type.isMax()) {
      return (_, _) -> {};
    }
    boolean national = type.kind().national();
    return (source, rows) -> {
      for (int row = 0; row < rows; row++) {
        // UTF-8 never has fewer bytes than UTF-16 has code units.
        if (!source.isNull(row) && byteLength(source, row) > type.length()) {
          requireFits(row, text(source, row), type, national);
        }
      }
    };
  }

  private static void requireFits(int row, String text, TextType type, boolean national) {
    if (!national || text.length() > type.length()) {
      try {
        var _ = Casts.cast(text, type);
      } catch (CastException e) {
        throw new CellFailure(row, e);
      }
    }
  }

  static Check binary(BinaryType type) {
    if (type.isMax()) {
      return (_, _) -> {};
    }
    return (source, rows) -> {
      for (int row = 0; row < rows; row++) {
        long length = source.isNull(row) ? 0 : byteLength(source, row);
        if (length > type.length()) {
          throw new CellFailure(
              row,
              new CastException(
                  Reason.TOO_LONG,
                  "a value of %d bytes, %s takes %d".formatted(length, type.sql(), type.length())));
        }
      }
    };
  }

  /// That dates and times without zone are in the years 1 to 9999, and times of day within a day.
  static Check years(ArrowType carrier, SqlType type) {
    return switch (carrier) {
      case ArrowType.Date date when date.getUnit() == DateUnit.DAY ->
          within(LocalDate.of(1, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay(), type);
      case ArrowType.Timestamp stamp -> {
        long perSecond = ArrowTypes.perSecond(stamp.getUnit());
        long first = LocalDateTime.of(1, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
        long end = LocalDateTime.of(10_000, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
        yield within(first * perSecond, end * perSecond - 1, type);
      }
      case ArrowType.Time time ->
          within(0, 86_400 * ArrowTypes.perSecond(time.getUnit()) - 1, type);
      default -> throw new IllegalArgumentException(carrier.toString());
    };
  }

  private static Check within(long min, long max, SqlType type) {
    return (source, rows) -> {
      var fixed = (BaseFixedWidthVector) source;
      ArrowBuf data = fixed.getDataBuffer();
      boolean wide = fixed.getTypeWidth() == 8;
      for (int row = 0; row < rows; row++) {
        long value = wide ? data.getLong(row * 8L) : data.getInt(row * 4L);
        if ((value < min || value > max) && !source.isNull(row)) {
          throw new CellFailure(
              row,
              new CastException(
                  Reason.OUT_OF_RANGE, "the value is out of the range of " + type.sql()));
        }
      }
    };
  }

  private static long byteLength(FieldVector vector, int row) {
    return vector instanceof BaseVariableWidthVector plain
        ? plain.getValueLength(row)
        : ((BaseLargeVariableWidthVector) vector).getValueLength(row);
  }

  private static String text(FieldVector vector, int row) {
    byte[] bytes =
        vector instanceof BaseVariableWidthVector plain
            ? ((VarCharVector) plain).get(row)
            : ((LargeVarCharVector) vector).get(row);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
