// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

/// A type of time with a declared number of fractional digits: `time(n)`, `datetime2(n)`,
/// `datetimeoffset(n)`.
public record ClockType(Kind kind, int digits) implements SqlType {

  /// Which of the three.
  public enum Kind {
    TIME("time"),
    DATETIME2("datetime2"),
    DATETIMEOFFSET("datetimeoffset");

    private final String sql;

    Kind(String sql) {
      this.sql = sql;
    }
  }

  public static final int DIGITS_MAX = 7;

  public ClockType {
    if (digits < 0 || digits > DIGITS_MAX) {
      throw new IllegalArgumentException("%s(%d)".formatted(kind.sql, digits));
    }
  }

  /// Whether a value may need more than microseconds.
  public boolean finerThanMicroseconds() {
    return digits > 6;
  }

  @Override
  public String baseName() {
    return kind.sql;
  }

  @Override
  public String sql() {
    return "%s(%d)".formatted(kind.sql, digits);
  }

  @Override
  public String toString() {
    return sql();
  }
}
