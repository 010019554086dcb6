// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.io.Serial;
import java.util.Locale;

/// A connection, a handshake or a session that cannot go on, with the error that says why.
public final class ProtocolException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  public ProtocolException(ErrorInfo error) {
    super(error.code() + ": " + error.message());
    this.error = error;
  }

  public ProtocolException(ErrorInfo error, Throwable cause) {
    super(error.code() + ": " + error.message(), cause);
    this.error = error;
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a dependency of its own.
  public static ProtocolException of(ErrorCode code, String format, Object... arguments) {
    return new ProtocolException(ErrorInfo.of(code, String.format(Locale.ROOT, format, arguments)));
  }

  /// The peer broke a rule of PROTOCOL.md.
  public static ProtocolException violation(String format, Object... arguments) {
    return of(ErrorCode.PROTOCOL_VIOLATION, format, arguments);
  }

  /// Something here went wrong that nobody foresaw; the peer did nothing.
  static ProtocolException defect(Throwable cause) {
    return new ProtocolException(
        ErrorInfo.of(ErrorCode.INTERNAL, "a defect at this end of the connection: " + cause),
        cause);
  }

  public ErrorInfo error() {
    return error;
  }
}
