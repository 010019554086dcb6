// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

/// The refusal to turn a value into a type without changing what it says.
final class CastException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why, with SQL Server's number for it.
  enum Reason {
    OVERFLOW(8115),
    NOT_FINITE(8115),
    OUT_OF_RANGE(242),
    MALFORMED(8114),
    TOO_LONG(2628),
    NO_CONVERSION(206);

    final int number;

    Reason(int number) {
      this.number = number;
    }
  }

  private final Reason reason;

  /// @param detail the value and what is wrong with it, as the end of a sentence
  CastException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
