// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

/// `decimal(precision,scale)`, alias `numeric`.
public record DecimalType(int precision, int scale) implements SqlType {

  public static final int PRECISION_MAX = 38;
  public static final DecimalType DEFAULT = new DecimalType(18, 0);

  public DecimalType {
    if (precision < 1 || precision > PRECISION_MAX || scale < 0 || scale > precision) {
      throw new IllegalArgumentException("decimal(%d,%d)".formatted(precision, scale));
    }
  }

  @Override
  public String baseName() {
    return "decimal";
  }

  @Override
  public String sql() {
    return "decimal(%d,%d)".formatted(precision, scale);
  }

  @Override
  public String toString() {
    return sql();
  }
}
