// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

import io.launchpad.embedded.cast.CastException.Reason;
import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.SqlValue;
import io.launchpad.embedded.type.TextType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Casts of single values, with SQL Server's rounding and without its silent losses.
///
/// Rounding to a declared scale or fraction is half away from zero; a number loses its fraction on
/// the way to an integer type. What does not fit is an error: overflow, range, a text or byte
/// string that is too long.
public final class Casts {

  private static final BigDecimal MONEY_MAX = new BigDecimal("922337203685477.5807");
  private static final BigDecimal MONEY_MIN = new BigDecimal("-922337203685477.5808");
  private static final BigDecimal SMALLMONEY_MAX = new BigDecimal("214748.3647");
  private static final BigDecimal SMALLMONEY_MIN = new BigDecimal("-214748.3648");

  private Casts() {}

  public static SqlValue cast(SqlValue value, SqlType target) {
    Object carrier = value.value();
    return new SqlValue(target, carrier == null ? null : cast(carrier, target));
  }

  /// The value of the target type that says the same.
  ///
  /// @param value a carrier of [SqlValue]; so is the result
  public static Object cast(Object value, SqlType target) {
    return switch (target) {
      case FixedType fixed -> cast(value, fixed);
      case DecimalType(int precision, int scale) -> decimal(value, precision, scale, target);
      case ClockType clock -> Clocks.cast(value, clock);
      case TextType text -> text(value, text);
      case BinaryType binary -> binary(value, binary);
      case ForeignType foreign -> throw noConversion(value, foreign);
    };
  }

  private static Object cast(Object value, FixedType target) {
    return switch (target) {
      case BIT -> bit(value);
      case TINYINT -> integer(value, 0, 255, target);
      case SMALLINT -> integer(value, Short.MIN_VALUE, Short.MAX_VALUE, target);
      case INT -> integer(value, Integer.MIN_VALUE, Integer.MAX_VALUE, target);
      case BIGINT -> integer(value, Long.MIN_VALUE, Long.MAX_VALUE, target);
      case MONEY -> money(value, MONEY_MIN, MONEY_MAX, target);
      case SMALLMONEY -> money(value, SMALLMONEY_MIN, SMALLMONEY_MAX, target);
      case REAL -> real(value);
      case FLOAT -> floating(value, target);
      case DATE -> Clocks.date(value);
      case DATETIME -> Clocks.datetime(value);
      case SMALLDATETIME -> Clocks.smalldatetime(value);
      case UNIQUEIDENTIFIER -> uuid(value);
    };
  }

  private static Object bit(Object value) {
    return switch (value) {
      case Boolean bool -> bool;
      case Long number -> number != 0;
      case BigDecimal number -> number.signum() != 0;
      case Double _, Float _ -> exact(value, FixedType.BIT).signum() != 0;
      case String text when text.strip().equalsIgnoreCase("true") -> true;
      case String text when text.strip().equalsIgnoreCase("false") -> false;
      case String text -> parse(text, FixedType.BIT).signum() != 0;
      default -> throw noConversion(value, FixedType.BIT);
    };
  }

  private static Object integer(Object value, long min, long max, SqlType target) {
    return switch (value) {
      case Long number -> {
        if (number < min || number > max) {
          throw overflow(value, target);
        }
        yield number;
      }
      case String text when text.strip().matches("[+-]?[0-9]{1,18}") -> {
        long number = Long.parseLong(text.strip());
        if (number < min || number > max) {
          throw overflow(value, target);
        }
        yield number;
      }
      case String text when !text.strip().matches("[+-]?[0-9]+") -> throw malformed(text, target);
      default -> {
        BigDecimal number = exact(value, target).setScale(0, RoundingMode.DOWN);
        if (number.compareTo(BigDecimal.valueOf(min)) < 0
            || number.compareTo(BigDecimal.valueOf(max)) > 0) {
          throw overflow(value, target);
        }
        yield number.longValueExact();
      }
    };
  }

  private static Object decimal(Object value, int precision, int scale, SqlType target) {
    BigDecimal number = exact(value, target);
    if (number.precision() - number.scale() > precision) {
      throw overflow(value, target);
    }
    BigDecimal rounded = number.setScale(scale, RoundingMode.HALF_UP);
    if (rounded.precision() > precision) {
      throw overflow(value, target);
    }
    return rounded;
  }

  private static Object money(Object value, BigDecimal min, BigDecimal max, SqlType target) {
    BigDecimal number = (BigDecimal) decimal(value, 19, 4, target);
    if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
      throw overflow(value, target);
    }
    return number;
  }

  /// The number a value is, exactly; a float by the shortest decimal that gives it back.
  private static BigDecimal exact(Object value, SqlType target) {
    return switch (value) {
      case BigDecimal number -> number;
      case Long number -> BigDecimal.valueOf(number);
      case Boolean bool -> bool ? BigDecimal.ONE : BigDecimal.ZERO;
      case Double number -> {
        requireFinite(number, target);
        yield new BigDecimal(Double.toString(number));
      }
      case Float number -> {
        requireFinite(number, target);
        yield new BigDecimal(Float.toString(number));
      }
      case String text -> parse(text, target);
      default -> throw noConversion(value, target);
    };
  }

  private static BigDecimal parse(String text, SqlType target) {
    String stripped = text.strip();
    if (!stripped.matches(
        "[+-]?([0-9]{1,400}(\\.[0-9]{0,400})?|\\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?")) {
      throw malformed(text, target);
    }
    return new BigDecimal(stripped);
  }

  private static void requireFinite(double number, SqlType target) {
    if (!Double.isFinite(number)) {
      throw new CastException(
          Reason.NOT_FINITE,
          "%s has no counterpart in %s%s"
              .formatted(number, target.sql(), Double.isNaN(number) ? ", and is no NULL" : ""));
    }
  }

  private static Object real(Object value) {
    if (value instanceof Float) {
      return value;
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      return number.floatValue();
    }
    double number = floating(value, FixedType.REAL);
    float narrow = (float) number;
    if (Float.isInfinite(narrow)) {
      throw overflow(value, FixedType.REAL);
    }
    return narrow;
  }

  private static double floating(Object value, SqlType target) {
    return switch (value) {
      case Double number -> number;
      case Float number -> number.doubleValue();
      default -> {
        double number = exact(value, target).doubleValue();
        if (Double.isInfinite(number)) {
          throw overflow(value, target);
        }
        yield number;
      }
    };
  }

  private static Object text(Object value, TextType target) {
    if (value instanceof ByteBuffer) {
      throw noConversion(value, target);
    }
    switch (value) {
      case Double number -> requireFinite(number, target);
      case Float number -> requireFinite(number, target);
      default -> {}
    }
    String text = Texts.of(value);
    if (target.isMax()) {
      return text;
    }
    int length =
        target.kind().national() ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
    if (length > target.length()) {
      throw new CastException(
          Reason.TOO_LONG,
          "%s has %d %s, %s takes %d"
              .formatted(
                  Texts.quoted(value),
                  length,
                  target.kind().national() ? "UTF-16 code units" : "bytes",
                  target.sql(),
                  target.length()));
    }
    return target.kind().padded() ? text + " ".repeat(target.length() - length) : text;
  }

  private static Object binary(Object value, BinaryType target) {
    if (!(value instanceof ByteBuffer bytes)) {
      throw noConversion(value, target);
    }
    int length = bytes.remaining();
    if (length > target.length()) {
      throw new CastException(
          Reason.TOO_LONG,
          "a value of %d bytes, %s takes %d".formatted(length, target.sql(), target.length()));
    }
    if (!target.padded() || length == target.length()) {
      return bytes;
    }
    ByteBuffer padded = ByteBuffer.allocate(target.length());
    padded.put(bytes.duplicate());
    return padded.clear().asReadOnlyBuffer();
  }

  private static Object uuid(Object value) {
    return switch (value) {
      case UUID uuid -> uuid;
      case String text -> {
        String stripped = text.strip().replaceAll("^\\{(.*)}$", "$1");
        if (!stripped.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
          throw malformed(text, FixedType.UNIQUEIDENTIFIER);
        }
        yield UUID.fromString(stripped);
      }
      default -> throw noConversion(value, FixedType.UNIQUEIDENTIFIER);
    };
  }

  public static byte[] toArray(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }

  public static CastException overflow(Object value, SqlType target) {
    return new CastException(
        Reason.OVERFLOW, "%s does not fit %s".formatted(Texts.quoted(value), target.sql()));
  }

  static CastException malformed(String text, SqlType target) {
    return new CastException(
        Reason.MALFORMED, "%s is no %s".formatted(Texts.quoted(text), target.sql()));
  }

  static CastException noConversion(Object value, SqlType target) {
    return new CastException(
        Reason.NO_CONVERSION,
        "there is no conversion from %s to %s"
            .formatted(value.getClass().getSimpleName(), target.sql()));
  }
}
