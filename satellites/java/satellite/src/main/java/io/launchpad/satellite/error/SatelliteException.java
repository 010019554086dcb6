// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.error;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.io.IOException;
import java.io.Serial;
import java.util.Optional;
import java.util.OptionalLong;

/// A failure with a code of the protocol; ends the session with `FAILED`.
///
/// An [IOException], since scripts meet it where they read and write.
public final class SatelliteException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  private SatelliteException(ErrorInfo error) {
    super(error.message());
    this.error = error;
  }

  public static SatelliteException of(ErrorCode code, String message) {
    return new SatelliteException(ErrorInfo.of(code, message));
  }

  /// A failure of one column.
  public static SatelliteException ofColumn(ErrorCode code, String column, String message) {
    return new SatelliteException(about(code, message, column, OptionalLong.empty()));
  }

  /// A failure of one value.
  ///
  /// @param row counted from 1
  public static SatelliteException ofValue(
      ErrorCode code, String column, long row, String message) {
    return new SatelliteException(about(code, message, column, OptionalLong.of(row)));
  }

  private static ErrorInfo about(ErrorCode code, String message, String column, OptionalLong row) {
    ErrorInfo plain = ErrorInfo.of(code, message);
    return new ErrorInfo(
        plain.code(),
        plain.message(),
        false,
        "",
        Optional.empty(),
        "",
        Optional.empty(),
        Optional.empty(),
        plain.stdoutTail(),
        plain.stderrTail(),
        column,
        row);
  }

  public ErrorInfo error() {
    return error;
  }
}
