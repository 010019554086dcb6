// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.TextType;

/// The DuckDB type that holds a [SqlType].
public final class DuckTypes {

  private DuckTypes() {}

  /// The name to write in DuckDB's SQL.
  public static String name(SqlType type) {
    return switch (type) {
      case FixedType fixed -> name(fixed);
      case DecimalType(int precision, int scale) -> "DECIMAL(%d,%d)".formatted(precision, scale);
      case ClockType clock -> name(clock);
      case TextType text -> text.equals(TextType.JSON) ? "JSON" : "VARCHAR";
      case BinaryType _ -> "BLOB";
      case ForeignType foreign -> throw foreign.unusable();
    };
  }

  private static String name(FixedType type) {
    return switch (type) {
      case BIT -> "BOOLEAN";
      case TINYINT -> "UTINYINT";
      case SMALLINT -> "SMALLINT";
      case INT -> "INTEGER";
      case BIGINT -> "BIGINT";
      case MONEY -> "DECIMAL(19,4)";
      case SMALLMONEY -> "DECIMAL(10,4)";
      case REAL -> "FLOAT";
      case FLOAT -> "DOUBLE";
      case DATE -> "DATE";
      case DATETIME, SMALLDATETIME -> "TIMESTAMP";
      case UNIQUEIDENTIFIER -> "UUID";
    };
  }

  private static String name(ClockType type) {
    return switch (type.kind()) {
      case TIME -> type.finerThanMicroseconds() ? "TIME_NS" : "TIME";
      case DATETIME2 -> type.finerThanMicroseconds() ? "TIMESTAMP_NS" : "TIMESTAMP";
      case DATETIMEOFFSET -> "TIMESTAMP WITH TIME ZONE";
    };
  }

  /// A name as DuckDB reads it whatever it contains.
  public static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
