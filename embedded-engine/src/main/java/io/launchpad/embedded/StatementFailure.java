// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

/// The end of a statement by a [SqlError].
public final class StatementFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient SqlError error;

  StatementFailure(SqlError error) {
    super(error.message(), error.cause());
    this.error = error;
  }

  public SqlError error() {
    return error;
  }

  /// The same failure with a place, unless it already has one.
  StatementFailure at(int line, int column) {
    return error.line() > 0 ? this : new StatementFailure(error.at(line, column));
  }

  StatementFailure at(Token token) {
    return at(token.line(), token.column());
  }
}
