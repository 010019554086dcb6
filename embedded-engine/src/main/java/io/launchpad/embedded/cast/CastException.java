// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.cast;

import io.launchpad.embedded.error.EngineError;

/// The refusal to turn a value into a type without changing what it says.
public final class CastException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// Why, with the error it is reported by.
  public enum Reason {
    OVERFLOW(EngineError.OVERFLOW),
    NOT_FINITE(EngineError.OVERFLOW),
    OUT_OF_RANGE(EngineError.OUT_OF_RANGE),
    MALFORMED(EngineError.MALFORMED),
    TOO_LONG(EngineError.TOO_LONG),
    NO_CONVERSION(EngineError.NO_CONVERSION);

    private final EngineError error;

    Reason(EngineError error) {
      this.error = error;
    }

    public EngineError error() {
      return error;
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
