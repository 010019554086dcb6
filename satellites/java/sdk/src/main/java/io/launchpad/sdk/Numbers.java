// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// Values as the primitive that is asked for, or an exception: never another value.
final class Numbers {
  private Numbers() {}

  static int toInt(@Nullable Object value, String what) {
    long wide = toLong(value, what);
    if (wide != (int) wide) {
      throw unfit(value, what, "an int");
    }
    return (int) wide;
  }

  static long toLong(@Nullable Object value, String what) {
    return switch (value) {
      case Long number -> number;
      case Integer number -> number;
      case Short number -> number;
      case Byte number -> number;
      case Boolean bit -> bit ? 1 : 0;
      case BigInteger number when number.bitLength() < Long.SIZE -> number.longValue();
      case BigDecimal number when isLong(number) -> number.longValue();
      case Double number when number == number.longValue() && Math.abs(number) < 0x1p63 ->
          number.longValue();
      case Float number when number == number.longValue() && Math.abs(number) < 0x1p63f ->
          number.longValue();
      case null, default -> throw unfit(value, what, "a long");
    };
  }

  static double toDouble(@Nullable Object value, String what) {
    return switch (value) {
      case Double number -> number;
      case Float number -> number;
      case Number number -> number.doubleValue();
      case Boolean bit -> bit ? 1 : 0;
      case null, default -> throw unfit(value, what, "a double");
    };
  }

  static boolean toBoolean(@Nullable Object value, String what) {
    return switch (value) {
      case Boolean bit -> bit;
      case Number number when number.doubleValue() == 0 || number.doubleValue() == 1 ->
          number.doubleValue() == 1;
      case null, default -> throw unfit(value, what, "a boolean");
    };
  }

  static @Nullable BigDecimal toDecimal(@Nullable Object value, String what) {
    return switch (value) {
      case null -> null;
      case BigDecimal number -> number;
      case BigInteger number -> new BigDecimal(number);
      case Double number when Double.isFinite(number) -> BigDecimal.valueOf(number);
      case Float number when Float.isFinite(number) -> new BigDecimal(number.toString());
      case Long number -> BigDecimal.valueOf(number);
      case Integer number -> BigDecimal.valueOf(number);
      case Short number -> BigDecimal.valueOf(number);
      case Byte number -> BigDecimal.valueOf(number);
      default -> throw unfit(value, what, "a decimal");
    };
  }

  private static boolean isLong(BigDecimal number) {
    try {
      number.longValueExact();
      return true;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  private static IllegalStateException unfit(@Nullable Object value, String what, String wanted) {
    return new IllegalStateException(
        value == null
            ? what + " is NULL, which is not " + wanted + "; ask isNull first"
            : "%s is %s (%s), which is not %s"
                .formatted(what, value, value.getClass().getSimpleName(), wanted));
  }
}
