// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/// How a column lies in memory and what its values must obey: the types of FORMAT.md section 4 seen
/// as buffers.
sealed interface ColumnType {
  /// No buffers at all.
  record Nulls() implements ColumnType {}

  /// One bit a value.
  record Bits() implements ColumnType {}

  /// A type with `width` bytes a value.
  sealed interface FixedWidth extends ColumnType {
    int width();
  }

  /// Any bits are a value.
  record Plain(int width) implements FixedWidth {}

  /// A two's complement number below `10^precision` in magnitude.
  record Decimal(int width, int precision) implements FixedWidth {}

  /// A count from 0 to below `unitsPerDay`.
  record TimeOfDay(int width, long unitsPerDay) implements FixedWidth {}

  /// An index into the dictionary `id`.
  record Index(int width, boolean signed, long id) implements FixedWidth {}

  /// Offsets and bytes.
  record Variable(boolean large, boolean utf8) implements ColumnType {
    int offsetWidth() {
      return large ? 8 : 4;
    }
  }

  /// Offsets and one child.
  record Sequence(boolean large, boolean map) implements ColumnType {
    int offsetWidth() {
      return large ? 8 : 4;
    }
  }

  /// One child with `size` values for each.
  record FixedSequence(int size) implements ColumnType {}

  /// Children of the same length.
  record Struct() implements ColumnType {}

  /// The memory layout of an Arrow type, or null when BXL does not carry it.
  static @Nullable ColumnType of(ArrowType type) {
    return switch (type) {
      case ArrowType.ExtensionType extension -> of(extension.storageType());
      case ArrowType.Null _ -> new Nulls();
      case ArrowType.Bool _ -> new Bits();
      case ArrowType.Int integer -> new Plain(integer.getBitWidth() / 8);
      case ArrowType.FloatingPoint real ->
          switch (real.getPrecision()) {
            case FloatingPointPrecision.SINGLE -> new Plain(4);
            case FloatingPointPrecision.DOUBLE -> new Plain(8);
            case FloatingPointPrecision.HALF -> null;
          };
      case ArrowType.Decimal decimal ->
          new Decimal(decimal.getBitWidth() / 8, decimal.getPrecision());
      case ArrowType.Date date ->
          switch (date.getUnit()) {
            case DAY -> new Plain(4);
            case MILLISECOND -> null;
          };
      case ArrowType.Time time ->
          new TimeOfDay(
              time.getBitWidth() / 8,
              switch (time.getUnit()) {
                case SECOND -> 86_400L;
                case MILLISECOND -> 86_400_000L;
                case MICROSECOND -> 86_400_000_000L;
                case NANOSECOND -> 86_400_000_000_000L;
              });
      case ArrowType.Timestamp _, ArrowType.Duration _ -> new Plain(8);
      case ArrowType.Interval interval ->
          switch (interval.getUnit()) {
            case YEAR_MONTH -> new Plain(4);
            case DAY_TIME -> new Plain(8);
            case MONTH_DAY_NANO -> new Plain(16);
          };
      case ArrowType.FixedSizeBinary binary -> new Plain(binary.getByteWidth());
      case ArrowType.Utf8 _ -> new Variable(false, true);
      case ArrowType.LargeUtf8 _ -> new Variable(true, true);
      case ArrowType.Binary _ -> new Variable(false, false);
      case ArrowType.LargeBinary _ -> new Variable(true, false);
      case ArrowType.List _ -> new Sequence(false, false);
      case ArrowType.LargeList _ -> new Sequence(true, false);
      case ArrowType.Map _ -> new Sequence(false, true);
      case ArrowType.FixedSizeList list -> new FixedSequence(list.getListSize());
      case ArrowType.Struct _ -> new Struct();
      // Arrow's types are not sealed: whatever comes to them is not ours.
      default -> null;
    };
  }
}
