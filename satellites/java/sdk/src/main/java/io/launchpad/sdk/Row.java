// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// One row of a table. Columns are found by name, the first one of that name, or by number from 0.
///
/// A value that is NULL, or does not fit what is asked for, is an [IllegalStateException].
public final class Row {
  private final Table table;
  private final int row;

  Row(Table table, int row) {
    this.table = table;
    this.row = row;
  }

  /// The number of the row in its table, from 0.
  public int number() {
    return row;
  }

  /// The value as the Java class that the column's type has, null for NULL.
  public @Nullable Object get(String column) {
    return table.column(column).get(row);
  }

  /// The value as the Java class that the column's type has, null for NULL.
  public @Nullable Object get(int column) {
    return table.column(column).get(row);
  }

  public boolean isNull(String column) {
    return table.column(column).isNull(row);
  }

  public boolean getBoolean(String column) {
    return table.column(column).getBoolean(row);
  }

  public int getInt(String column) {
    return table.column(column).getInt(row);
  }

  public long getLong(String column) {
    return table.column(column).getLong(row);
  }

  public double getDouble(String column) {
    return table.column(column).getDouble(row);
  }

  /// The number, null for NULL.
  public @Nullable BigDecimal getDecimal(String column) {
    return table.column(column).getDecimal(row);
  }

  /// The value as text, null for NULL.
  public @Nullable String getString(String column) {
    return table.column(column).getString(row);
  }
}
