// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import org.apache.arrow.flatbuf.DateUnit;
import org.apache.arrow.flatbuf.IntervalUnit;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/// The reading of one type union: which of the types of FORMAT.md section 4 a field has.
final class TypeParser {
  private static final int FIXED_BINARY_MAX = 65_536;

  private final String path;
  private final long frame;

  TypeParser(String path, long frame) {
    this.path = path;
    this.frame = frame;
  }

  /// @param kind the union's discriminator
  /// @param type the union's table
  ArrowType parse(int kind, Flatbuffer.Table type) throws BxlException {
    return switch (kind) {
      case Type.Null -> new ArrowType.Null();
      case Type.Bool -> new ArrowType.Bool();
      case Type.Int -> integer(type);
      case Type.FloatingPoint -> floatingPoint(type);
      case Type.Decimal -> decimal(type);
      case Type.Utf8 -> new ArrowType.Utf8();
      case Type.LargeUtf8 -> new ArrowType.LargeUtf8();
      case Type.Binary -> new ArrowType.Binary();
      case Type.LargeBinary -> new ArrowType.LargeBinary();
      case Type.FixedSizeBinary -> fixedSizeBinary(type);
      case Type.Date -> date(type);
      case Type.Time -> time(type);
      case Type.Timestamp -> new ArrowType.Timestamp(unit(type.getShort(0, 0)), type.string(1));
      case Type.Duration -> new ArrowType.Duration(unit(type.getShort(0, 1)));
      case Type.Interval -> interval(type);
      case Type.List -> new ArrowType.List();
      case Type.LargeList -> new ArrowType.LargeList();
      case Type.FixedSizeList -> fixedSizeList(type);
      case Type.Struct_ -> new ArrowType.Struct();
      case Type.Map -> new ArrowType.Map(type.getBoolean(0));
      case Type.Union,
          Type.RunEndEncoded,
          Type.BinaryView,
          Type.Utf8View,
          Type.ListView,
          Type.LargeListView ->
          throw unsupported("type " + Type.name(kind));
      default -> throw type.bad("unknown type " + kind);
    };
  }

  ArrowType.Int integer(Flatbuffer.Table type) throws BxlException {
    int bits = type.getInt(0, 0);
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
      throw inconsistent("an integer of " + bits + " bits");
    }
    return new ArrowType.Int(bits, type.getBoolean(1));
  }

  private ArrowType floatingPoint(Flatbuffer.Table type) throws BxlException {
    int precision = type.getShort(0, 0);
    return switch (precision) {
      case Precision.SINGLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case Precision.DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case Precision.HALF -> throw unsupported("half precision");
      default -> throw inconsistent("unknown precision " + precision);
    };
  }

  private ArrowType decimal(Flatbuffer.Table type) throws BxlException {
    int precision = type.getInt(0, 0);
    int scale = type.getInt(1, 0);
    int bits = type.getInt(2, 128);
    if (bits == 32 || bits == 64) {
      throw unsupported("decimals of " + bits + " bits");
    }
    if (bits != 128 && bits != 256) {
      throw inconsistent("a decimal of " + bits + " bits");
    }
    int precisionMax = bits == 128 ? 38 : 76;
    if (precision < 1 || precision > precisionMax) {
      throw inconsistent("a decimal of " + bits + " bits has precision " + precision);
    }
    if (scale < 0 || scale > precision) {
      throw unsupported("scale " + scale + " with precision " + precision);
    }
    return new ArrowType.Decimal(precision, scale, bits);
  }

  private ArrowType fixedSizeBinary(Flatbuffer.Table type) throws BxlException {
    int width = type.getInt(0, 0);
    if (width < 0) {
      throw inconsistent("a fixed size of " + width);
    }
    if (width == 0 || width > FIXED_BINARY_MAX) {
      throw unsupported("a fixed size of " + width + ", only 1 to " + FIXED_BINARY_MAX);
    }
    return new ArrowType.FixedSizeBinary(width);
  }

  private ArrowType date(Flatbuffer.Table type) throws BxlException {
    int unit = type.getShort(0, DateUnit.MILLISECOND);
    return switch (unit) {
      case DateUnit.DAY -> new ArrowType.Date(org.apache.arrow.vector.types.DateUnit.DAY);
      case DateUnit.MILLISECOND -> throw unsupported("dates in milliseconds");
      default -> throw inconsistent("unknown date unit " + unit);
    };
  }

  private ArrowType time(Flatbuffer.Table type) throws BxlException {
    TimeUnit unit = unit(type.getShort(0, 1));
    int bits = type.getInt(1, 32);
    int bitsOfUnit =
        switch (unit) {
          case SECOND, MILLISECOND -> 32;
          case MICROSECOND, NANOSECOND -> 64;
        };
    if (bits != bitsOfUnit) {
      throw inconsistent("a time in " + unit + " of " + bits + " bits");
    }
    return new ArrowType.Time(unit, bits);
  }

  private ArrowType interval(Flatbuffer.Table type) throws BxlException {
    int unit = type.getShort(0, 0);
    return switch (unit) {
      case IntervalUnit.YEAR_MONTH ->
          new ArrowType.Interval(org.apache.arrow.vector.types.IntervalUnit.YEAR_MONTH);
      case IntervalUnit.DAY_TIME ->
          new ArrowType.Interval(org.apache.arrow.vector.types.IntervalUnit.DAY_TIME);
      case IntervalUnit.MONTH_DAY_NANO ->
          new ArrowType.Interval(org.apache.arrow.vector.types.IntervalUnit.MONTH_DAY_NANO);
      default -> throw inconsistent("unknown interval unit " + unit);
    };
  }

  private ArrowType fixedSizeList(Flatbuffer.Table type) throws BxlException {
    int size = type.getInt(0, 0);
    if (size < 0) {
      throw inconsistent("a list size of " + size);
    }
    return new ArrowType.FixedSizeList(size);
  }

  private TimeUnit unit(int unit) throws BxlException {
    return switch (unit) {
      case org.apache.arrow.flatbuf.TimeUnit.SECOND -> TimeUnit.SECOND;
      case org.apache.arrow.flatbuf.TimeUnit.MILLISECOND -> TimeUnit.MILLISECOND;
      case org.apache.arrow.flatbuf.TimeUnit.MICROSECOND -> TimeUnit.MICROSECOND;
      case org.apache.arrow.flatbuf.TimeUnit.NANOSECOND -> TimeUnit.NANOSECOND;
      default -> throw inconsistent("unknown time unit " + unit);
    };
  }

  private BxlException unsupported(String what) {
    return BxlException.inColumn(BxlError.UNSUPPORTED, frame, path, what);
  }

  private BxlException inconsistent(String what) {
    return BxlException.inColumn(BxlError.BAD_SCHEMA, frame, path, what);
  }
}
