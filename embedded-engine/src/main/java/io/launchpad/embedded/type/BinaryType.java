// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

/// A byte string type: `binary(n)` (padded with zeros) or `varbinary(n|max)`.
public record BinaryType(boolean padded, int length) implements SqlType {

  static final int LENGTH_MAX = 8000;
  public static final BinaryType VARBINARY_MAX = new BinaryType(false, TextType.MAX);

  public BinaryType {
    boolean max = length == TextType.MAX && !padded;
    if (!max && (length < 1 || length > LENGTH_MAX)) {
      throw new IllegalArgumentException("binary(%d)".formatted(length));
    }
  }

  public boolean isMax() {
    return length == TextType.MAX;
  }

  @Override
  public String baseName() {
    return padded ? "binary" : "varbinary";
  }

  @Override
  public String sql() {
    return baseName() + (isMax() ? "(max)" : "(" + length + ")");
  }

  @Override
  public String toString() {
    return sql();
  }
}
