// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

/// A type that exists but cannot cross to a script or hold a variable: SQL Server's `xml` or
/// `sql_variant`, a list or an interval of DuckDB. It keeps its name for messages.
public record ForeignType(String baseName) implements SqlType {

  @Override
  public String sql() {
    return baseName;
  }

  @Override
  public String toString() {
    return baseName;
  }
}
