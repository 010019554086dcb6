// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

import org.jspecify.annotations.Nullable;

/// What a failed statement reports, in the form SQL Server reports it.
///
/// @param number that of an [EngineError], or of an error of the launchpad in its protocol
/// @param line the line in the text given to `EmbeddedEngine.execute`, from 1; 0 when no place is
///   known
/// @param column the column in that line, from 1; 0 when only the line is known
/// @param cause what led to it, for a log
public record SqlError(
    int number,
    int severity,
    int state,
    int line,
    int column,
    String message,
    @Nullable Throwable cause) {

  public static SqlError of(EngineError error, String message) {
    return new SqlError(error.number(), error.level(), 1, 0, 0, message, null);
  }

  /// An error of the launchpad, by its number in the protocol.
  public static SqlError ofLaunchpad(int number, String message) {
    return new SqlError(number, 16, 1, 0, 0, message, null);
  }

  /// The same error with another message and without its place.
  public SqlError saying(String newMessage) {
    return new SqlError(number, severity, state, 0, 0, newMessage, cause);
  }

  public SqlError at(int line, int column) {
    return new SqlError(number, severity, state, line, column, message, cause);
  }

  public SqlError causedBy(Throwable cause) {
    return new SqlError(number, severity, state, line, column, message, cause);
  }

  @Override
  public String toString() {
    String place = line == 0 ? "" : ", Line " + line;
    return "Msg %d, Level %d, State %d%s%n%s".formatted(number, severity, state, place, message);
  }
}
