// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import java.util.Locale;

/// What SQL Server calls a type of DuckDB; DuckDB's own name where it has none.
final class DuckTypeNames {

  private static final int LENGTH_MAX = 256;

  private DuckTypeNames() {}

  /// @param name as DuckDB writes it
  static String sql(String name) {
    return switch (name) {
      case "BOOLEAN" -> "bit";
      case "UTINYINT" -> "tinyint";
      case "TINYINT", "SMALLINT" -> "smallint";
      case "USMALLINT", "INTEGER" -> "int";
      case "UINTEGER", "BIGINT" -> "bigint";
      case "UBIGINT" -> "decimal(20,0)";
      case "HUGEINT", "UHUGEINT" -> "hugeint";
      case "FLOAT" -> "real";
      case "DOUBLE" -> "float";
      case "VARCHAR" -> "nvarchar(max)";
      case "BLOB" -> "varbinary(max)";
      case "TIME" -> "time(6)";
      case "TIME_NS" -> "time(9)";
      case "TIMESTAMP" -> "datetime2(6)";
      case "TIMESTAMP_S" -> "datetime2(0)";
      case "TIMESTAMP_MS" -> "datetime2(3)";
      case "TIMESTAMP_NS" -> "datetime2(7)";
      case "UUID" -> "uniqueidentifier";
      default -> other(name);
    };
  }

  /// Names of nested types are as long as what is nested in them.
  private static String other(String name) {
    if (name.startsWith("ENUM(")) {
      return "enum";
    }
    boolean plain = name.startsWith("DECIMAL(") || name.indexOf('(') < 0;
    String shown = plain ? name.toLowerCase(Locale.ROOT) : name;
    return shown.length() <= LENGTH_MAX ? shown : shown.substring(0, LENGTH_MAX - 1) + "…";
  }
}
