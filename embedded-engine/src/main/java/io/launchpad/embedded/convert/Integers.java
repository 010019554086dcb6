// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.convert.ColumnConversion.CellFailure;
import io.launchpad.embedded.type.FixedType;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;

/// Whole columns of integers to another integer type or to `float`, without a value becoming an
/// object.
final class Integers {

  private Integers() {}

  static boolean takes(FixedType target) {
    return switch (target) {
      case TINYINT, SMALLINT, INT, BIGINT, FLOAT -> true;
      case BIT, MONEY, SMALLMONEY, REAL, DATE, DATETIME, SMALLDATETIME, UNIQUEIDENTIFIER -> false;
    };
  }

  /// The conversion from integers of any width, unsigned ones below 64 bits.
  static ColumnConversion.Step narrow(FixedType target) {
    return switch (target) {
      case TINYINT -> ranged(0, 255, target);
      case SMALLINT -> ranged(Short.MIN_VALUE, Short.MAX_VALUE, target);
      case INT -> ranged(Integer.MIN_VALUE, Integer.MAX_VALUE, target);
      case BIGINT -> ranged(Long.MIN_VALUE, Long.MAX_VALUE, target);
      case FLOAT -> Integers::toDouble;
      case BIT, MONEY, SMALLMONEY, REAL, DATE, DATETIME, SMALLDATETIME, UNIQUEIDENTIFIER ->
          throw new IllegalArgumentException(target.sql());
    };
  }

  private static ColumnConversion.Step ranged(long min, long max, FixedType type) {
    return (source, target, rows) -> {
      var from = (BaseIntVector) source;
      var into = (BaseIntVector) target;
      allocate(target, rows);
      boolean nulls = source.getNullCount() > 0;
      for (int row = 0; row < rows; row++) {
        if (nulls && source.isNull(row)) {
          continue;
        }
        long value = from.getValueAsLong(row);
        if (value < min || value > max) {
          throw new CellFailure(row, Casts.overflow(value, type));
        }
        into.setUnsafeWithPossibleTruncate(row, value);
      }
    };
  }

  private static void toDouble(FieldVector source, FieldVector target, int rows) {
    var from = (BaseIntVector) source;
    var into = (Float8Vector) target;
    allocate(target, rows);
    for (int row = 0; row < rows; row++) {
      if (!source.isNull(row)) {
        into.set(row, (double) from.getValueAsLong(row));
      }
    }
  }

  private static void allocate(FieldVector target, int rows) {
    var fixed = (BaseFixedWidthVector) target;
    fixed.allocateNew(Math.max(rows, 1));
    fixed.setValueCount(rows);
  }
}
