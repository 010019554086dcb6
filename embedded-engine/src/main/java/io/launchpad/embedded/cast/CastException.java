// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

/// The refusal to turn a value into a type without changing what it says.
public final class CastException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why, with SQL Server's number for it.
  public enum Reason {
    OVERFLOW(8115),
    NOT_FINITE(8115),
    OUT_OF_RANGE(242),
    MALFORMED(8114),
    TOO_LONG(2628),
    NO_CONVERSION(206);

    private final int number;

    Reason(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  private final Reason reason;

  /// @param detail the value and what is wrong with it, as the end of a sentence
  public CastException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
