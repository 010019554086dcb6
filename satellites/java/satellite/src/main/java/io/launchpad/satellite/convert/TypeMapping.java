// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.satellite.error.SatelliteException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Which Java objects stand for the values of a request.
public enum TypeMapping {
  /// Those that are exactly the value.
  EXACT,

  /// Those of SQL Server's documentation, with their losses: `java.sql.Date` and `Timestamp`, text
  /// for a `uniqueidentifier`; on the way back NaN and the infinities become NULL. Types that the
  /// original refuses are refused. What is read as Arrow is as it was sent.
  COMPAT;

  public static TypeMapping of(String requested) {
    return requested.equals("compat") ? COMPAT : EXACT;
  }

  /// Refuses a column or parameter of a type that the mapping does not have.
  ///
  /// @param values the field with the values of a dictionary, where it is encoded
  public void check(Field values) throws SatelliteException {
    if (this == COMPAT && !isOfOriginal(values)) {
      throw SatelliteException.ofColumn(
          ErrorCode.TYPE_UNSUPPORTED,
          values.getName(),
          "'%s' is of the type %s, which the type mapping compat does not have; use exact"
              .formatted(values.getName(), ColumnConversion.typeName(values)));
    }
  }

  private static boolean isOfOriginal(Field values) {
    String extension = values.getMetadata().getOrDefault("ARROW:extension:name", "");
    return switch (extension) {
      case "arrow.uuid", "arrow.json", "launchpad.datetime2" -> true;
      case "launchpad.xml", "launchpad.time", "launchpad.datetimeoffset" -> false;
      default ->
          switch (values.getType()) {
            case ArrowType.Null _,
                ArrowType.Bool _,
                ArrowType.Int _,
                ArrowType.FloatingPoint _,
                ArrowType.Decimal _,
                ArrowType.Utf8 _,
                ArrowType.LargeUtf8 _,
                ArrowType.Binary _,
                ArrowType.LargeBinary _,
                ArrowType.FixedSizeBinary _,
                ArrowType.Date _ ->
                true;
            case ArrowType.Timestamp timestamp -> timestamp.getTimezone() == null;
            default -> false;
          };
    };
  }

  /// An exact value as the script sees it.
  public @Nullable Object shown(@Nullable Object exact) {
    if (this == EXACT) {
      return exact;
    }
    return switch (exact) {
      case LocalDate date -> java.sql.Date.valueOf(date);
      case LocalDateTime moment -> java.sql.Timestamp.valueOf(moment);
      case UUID uuid -> uuid.toString().toUpperCase(Locale.ROOT);
      case null, default -> exact;
    };
  }

  /// An output parameter as it is sent.
  public @Nullable Object returned(@Nullable Object given) {
    boolean lost =
        this == COMPAT
            && switch (given) {
              case Double number -> !Double.isFinite(number);
              case Float number -> !Float.isFinite(number);
              case null, default -> false;
            };
    return lost ? null : given;
  }

  /// A result column as it is sent, which is the caller's to close; empty when it is sent as it is.
  public Optional<FieldVector> returned(FieldVector column, int rows, BufferAllocator allocator) {
    if (this == EXACT || !holdsOtherThanNumbers(column, rows)) {
      return Optional.empty();
    }
    var copy = (BaseFixedWidthVector) column.getField().createVector(allocator);
    copy.allocateNew(rows);
    for (int row = 0; row < rows; row++) {
      if (isOtherThanNumber(column, row)) {
        copy.setNull(row);
      } else {
        copy.copyFrom(row, row, column);
      }
    }
    copy.setValueCount(rows);
    return Optional.of(copy);
  }

  private static boolean holdsOtherThanNumbers(FieldVector column, int rows) {
    for (int row = 0; row < rows; row++) {
      if (isOtherThanNumber(column, row)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOtherThanNumber(FieldVector column, int row) {
    return switch (column) {
      case Float4Vector v -> !v.isNull(row) && !Float.isFinite(v.get(row));
      case Float8Vector v -> !v.isNull(row) && !Double.isFinite(v.get(row));
      default -> false;
    };
  }
}
