// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.io.IOException;
import java.io.Serial;

/// An execution that gave no results, with everything that is known about why.
///
/// It is an [IOException], so that readers of outputs throw it as it is.
public abstract sealed class ScriptException extends IOException
    permits ScriptUserException,
        ScriptResourceException,
        ScriptInternalException,
        ScriptCancelledException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  ScriptException(ErrorInfo error, Throwable... cause) {
    super(message(error));
    this.error = error;
    if (cause.length > 0) {
      initCause(cause[0]);
    }
  }

  /// The exception of the error's category.
  static ScriptException of(ErrorInfo error, Throwable... cause) {
    return switch (error.category()) {
      case USER -> new ScriptUserException(error, cause);
      case RESOURCE -> new ScriptResourceException(error, cause);
      case INTERNAL -> new ScriptInternalException(error, cause);
    };
  }

  static ScriptException of(ErrorCode code, String message, Throwable... cause) {
    return of(ErrorInfo.of(code, message), cause);
  }

  /// A copy for another thread to throw, with this one as its cause.
  abstract ScriptException again();

  public ErrorInfo error() {
    return error;
  }

  public ErrorCode code() {
    return error.code();
  }

  private static String message(ErrorInfo error) {
    String head = error.code().number() + " " + error.code() + ": " + error.message();
    return error.tracebackText().isEmpty() ? head : head + "\n" + error.tracebackText();
  }
}
