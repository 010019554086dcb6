// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Numbers, text and bytes of Java as the value that a column holds.
final class Exact {
  private static final int UUID_BYTES = 16;

  private Exact() {}

  static int bit(Object value) throws DoesNotFit {
    if (value instanceof Boolean bit) {
      return bit ? 1 : 0;
    }
    return (int) integer(value, 0, 1);
  }

  static long integer(Object value, long least, long most) throws DoesNotFit {
    BigInteger number = integer(value);
    if (number.bitLength() >= Long.SIZE) {
      throw new DoesNotFit("out of range");
    }
    long narrow = number.longValue();
    if (narrow < least || narrow > most) {
      throw new DoesNotFit("out of range");
    }
    return narrow;
  }

  static long unsigned64(Object value) throws DoesNotFit {
    BigInteger number = integer(value);
    if (number.signum() < 0 || number.bitLength() > Long.SIZE) {
      throw new DoesNotFit("out of range");
    }
    return number.longValue();
  }

  private static BigInteger integer(Object value) throws DoesNotFit {
    return switch (value) {
      case BigInteger number -> number;
      case Long number -> BigInteger.valueOf(number);
      case Integer number -> BigInteger.valueOf(number);
      case Short number -> BigInteger.valueOf(number);
      case Byte number -> BigInteger.valueOf(number);
      case Boolean bit -> bit ? BigInteger.ONE : BigInteger.ZERO;
      case BigDecimal number -> whole(number);
      case Double number when Double.isFinite(number) -> whole(new BigDecimal(number));
      case Float number when Float.isFinite(number) -> whole(new BigDecimal(number));
      default -> throw kind(value, "an integer");
    };
  }

  private static BigInteger whole(BigDecimal number) throws DoesNotFit {
    try {
      // Nothing of 10^400000000 is to be written out.
      if (number.signum() != 0 && number.precision() - (long) number.scale() > 100) {
        throw new DoesNotFit("out of range");
      }
      return number.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new DoesNotFit("not a whole number");
    }
  }

  static double float64(Object value) throws DoesNotFit {
    return switch (value) {
      case Double number -> number;
      case Float number -> number;
      case BigDecimal number -> finite(number.doubleValue());
      case Boolean bit -> bit ? 1 : 0;
      case Long number when number == (long) number.doubleValue() && number != Long.MAX_VALUE ->
          number;
      case Long _ -> throw new DoesNotFit("not exact as a float");
      case BigInteger number -> {
        double rounded = finite(number.doubleValue());
        if (!new BigDecimal(rounded).toBigInteger().equals(number)) {
          throw new DoesNotFit("not exact as a float");
        }
        yield rounded;
      }
      case Integer number -> number;
      case Short number -> number;
      case Byte number -> number;
      default -> throw kind(value, "a number");
    };
  }

  /// Rounded to the nearest, as CAST does.
  static float float32(Object value) throws DoesNotFit {
    double wide = float64(value);
    float narrow = (float) wide;
    if (Float.isInfinite(narrow) && !Double.isInfinite(wide)) {
      throw new DoesNotFit("too large for real");
    }
    return narrow;
  }

  private static double finite(double value) throws DoesNotFit {
    if (Double.isInfinite(value)) {
      throw new DoesNotFit("out of range");
    }
    return value;
  }

  /// Rounded half away from zero; a float counts as the shortest decimal that names it.
  static BigDecimal decimal(Object value, int precision, int scale) throws DoesNotFit {
    BigDecimal number =
        switch (value) {
          case BigDecimal decimal -> decimal;
          case Double wide when Double.isFinite(wide) -> BigDecimal.valueOf(wide);
          case Float narrow when Float.isFinite(narrow) -> new BigDecimal(narrow.toString());
          case Double _, Float _ -> throw new DoesNotFit("not a number that a decimal can be");
          default -> new BigDecimal(integer(value));
        };
    if (number.signum() != 0 && number.precision() - (long) number.scale() > precision) {
      throw new DoesNotFit("out of range");
    }
    // What is smaller than half of the last place is 0, however many places it has.
    BigDecimal rounded =
        number.scale() > (long) scale + number.precision() + 1
            ? BigDecimal.ZERO.setScale(scale)
            : number.setScale(scale, RoundingMode.HALF_UP);
    if (rounded.precision() > precision) {
      throw new DoesNotFit("out of range");
    }
    return rounded;
  }

  static byte[] utf8(Object value) throws DoesNotFit {
    String text =
        switch (value) {
          case String string -> string;
          case Character character -> character.toString();
          case CharSequence sequence -> sequence.toString();
          case UUID uuid -> uuid.toString();
          case Enum<?> constant -> constant.name();
          default -> throw kind(value, "text; use String.valueOf in the script");
        };
    try {
      ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[utf8.remaining()];
      utf8.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new DoesNotFit("half of a surrogate pair, which is no Unicode text");
    }
  }

  static byte[] binary(Object value) throws DoesNotFit {
    return switch (value) {
      case byte[] bytes -> bytes;
      case ByteBuffer buffer -> {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield bytes;
      }
      case UUID uuid -> bytes(uuid);
      default -> throw kind(value, "bytes");
    };
  }

  static byte[] binary(Object value, int width) throws DoesNotFit {
    byte[] bytes = binary(value);
    if (bytes.length != width) {
      throw new DoesNotFit("%d bytes instead of %d".formatted(bytes.length, width));
    }
    return bytes;
  }

  /// Of text as SQL writes it: all 36 characters, in either case.
  static UUID uuid(String text) throws DoesNotFit {
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equalsIgnoreCase(text)) {
        return uuid;
      }
    } catch (IllegalArgumentException e) {
      // What it is not, is told below.
    }
    throw new DoesNotFit("not the text of a uniqueidentifier");
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(UUID_BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  static DoesNotFit kind(Object value, String wanted) {
    return new DoesNotFit("a %s is not %s".formatted(value.getClass().getName(), wanted));
  }
}
