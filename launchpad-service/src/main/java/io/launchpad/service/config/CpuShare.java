// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.math.BigDecimal;

/// How many CPUs may be in use at a time: `2`, `0.5`.
///
/// @param milli in thousandths
public record CpuShare(long milli) {
  private static final BigDecimal MIN = new BigDecimal("0.01");
  private static final BigDecimal MAX = new BigDecimal(10_000);

  static CpuShare parse(String typed) {
    if (!typed.matches("\\d{1,5}(\\.\\d{1,3})?")) {
      throw new IllegalArgumentException("not a number of CPUs as 2 or 0.5: " + typed);
    }
    var number = new BigDecimal(typed);
    if (number.compareTo(MIN) < 0 || number.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(typed + " is not between " + MIN + " and " + MAX);
    }
    return new CpuShare(number.movePointRight(3).longValueExact());
  }

  @Override
  public String toString() {
    return BigDecimal.valueOf(milli, 3).stripTrailingZeros().toPlainString();
  }
}
