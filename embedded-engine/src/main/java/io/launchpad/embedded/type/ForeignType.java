// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;

/// A type that exists but cannot cross to a script or hold a variable: SQL Server's `image` or
/// `sql_variant`, a list or an interval of DuckDB. It keeps its name for messages.
public record ForeignType(String baseName) implements SqlType {

  /// The error of whoever needs a value of the type.
  public StatementFailure unusable() {
    return StatementFailure.of(
        EngineError.TYPE_UNSUPPORTED,
        "Data type %s cannot be used with scripts: CAST it to a type such as nvarchar(max),"
            + " varbinary(max) or decimal.",
        baseName);
  }

  @Override
  public String sql() {
    return baseName;
  }

  @Override
  public String toString() {
    return baseName;
  }
}
