// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/// The columns that results are usually made of. Any other Arrow field that BXL carries does, too.
public final class Columns {
  private static final String EXTENSION = "ARROW:extension:name";
  private static final int UUID_BYTES = 16;

  private Columns() {}

  /// `bit`: [Boolean].
  public static Field bool(String name) {
    return nullable(name, ArrowType.Bool.INSTANCE);
  }

  /// `smallint`: [Short].
  public static Field int16(String name) {
    return nullable(name, new ArrowType.Int(16, true));
  }

  /// `int`: [Integer].
  public static Field int32(String name) {
    return nullable(name, new ArrowType.Int(32, true));
  }

  /// `bigint`: [Long].
  public static Field int64(String name) {
    return nullable(name, new ArrowType.Int(64, true));
  }

  /// `real`: [Float].
  public static Field float32(String name) {
    return nullable(name, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
  }

  /// `float`: [Double].
  public static Field float64(String name) {
    return nullable(name, new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE));
  }

  /// `decimal(precision, scale)`: [java.math.BigDecimal].
  public static Field decimal(String name, int precision, int scale) {
    return nullable(name, new ArrowType.Decimal(precision, scale, precision <= 38 ? 128 : 256));
  }

  /// `nvarchar(max)`: [String].
  public static Field text(String name) {
    return nullable(name, ArrowType.Utf8.INSTANCE);
  }

  /// `varbinary(max)`: `byte[]`.
  public static Field binary(String name) {
    return nullable(name, ArrowType.Binary.INSTANCE);
  }

  /// `date`: [java.time.LocalDate].
  public static Field date(String name) {
    return nullable(name, new ArrowType.Date(DateUnit.DAY));
  }

  /// `time(6)`: [java.time.LocalTime].
  public static Field time(String name) {
    return nullable(name, new ArrowType.Time(TimeUnit.MICROSECOND, 64));
  }

  /// `datetime2(6)`: [java.time.LocalDateTime].
  public static Field dateTime(String name) {
    return nullable(name, new ArrowType.Timestamp(TimeUnit.MICROSECOND, null));
  }

  /// A moment in microseconds: [java.time.Instant].
  public static Field instant(String name) {
    return nullable(name, new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"));
  }

  /// `uniqueidentifier`: [java.util.UUID].
  public static Field uuid(String name) {
    return new Field(
        name,
        new FieldType(
            true, new ArrowType.FixedSizeBinary(UUID_BYTES), null, Map.of(EXTENSION, "arrow.uuid")),
        List.of());
  }

  /// The same column, which holds no NULL.
  public static Field notNull(Field column) {
    return new Field(
        column.getName(),
        new FieldType(false, column.getType(), column.getDictionary(), column.getMetadata()),
        column.getChildren());
  }

  private static Field nullable(String name, ArrowType type) {
    return Field.nullable(name, type);
  }
}
