// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/// The first magnitude that no longer fits a decimal's precision: a power of ten as four unsigned
/// words, `a` the lowest.
record DecimalBound(long a, long b, long c, long d) {
  private static final List<DecimalBound> POWERS =
      IntStream.rangeClosed(0, 76).mapToObj(DecimalBound::powerOfTen).toList();

  static DecimalBound of(int precision) {
    return POWERS.get(precision);
  }

  private static DecimalBound powerOfTen(int exponent) {
    BigInteger power = BigInteger.TEN.pow(exponent);
    return new DecimalBound(
        power.longValue(),
        power.shiftRight(64).longValue(),
        power.shiftRight(128).longValue(),
        power.shiftRight(192).longValue());
  }

  /// Whether the two's complement number of 16 or 32 bytes at `at` is smaller in magnitude.
  boolean holds(ByteBuffer bytes, int at, int width) {
    long low = bytes.getLong(at);
    long high = bytes.getLong(at + 8);
    if (width == 16) {
      long sign = high >> 63;
      long lowMagnitude = (low ^ sign) - sign;
      long highMagnitude = (high ^ sign) + (lowMagnitude == 0 ? -sign : 0);
      return less(highMagnitude, b, less(lowMagnitude, a, false));
    }
    long third = bytes.getLong(at + 16);
    long top = bytes.getLong(at + 24);
    long sign = top >> 63;
    long carry = -sign;
    long w0 = (low ^ sign) + carry;
    carry = w0 == 0 ? carry : 0;
    long w1 = (high ^ sign) + carry;
    carry = w1 == 0 ? carry : 0;
    long w2 = (third ^ sign) + carry;
    carry = w2 == 0 ? carry : 0;
    long w3 = (top ^ sign) + carry;
    return less(w3, d, less(w2, c, less(w1, b, less(w0, a, false))));
  }

  /// Whether a number is smaller, by one word and what the words below it say.
  private static boolean less(long word, long bound, boolean below) {
    return word == bound ? below : Long.compareUnsigned(word, bound) < 0;
  }
}
