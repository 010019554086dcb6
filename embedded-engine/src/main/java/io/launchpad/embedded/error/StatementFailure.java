// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

/// The end of a statement by a [SqlError].
public final class StatementFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient SqlError error;

  public StatementFailure(SqlError error) {
    super(error.message(), error.cause());
    this.error = error;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
  public static StatementFailure of(EngineError error, String format, Object... arguments) {
    return new StatementFailure(SqlError.of(error, format.formatted(arguments)));
  }

  public SqlError error() {
    return error;
  }

  /// The same failure with a place, unless it already has one.
  public StatementFailure at(int line, int column) {
    return error.line() > 0 ? this : new StatementFailure(error.at(line, column));
  }

  public StatementFailure at(Located place) {
    return at(place.line(), place.column());
  }
}
