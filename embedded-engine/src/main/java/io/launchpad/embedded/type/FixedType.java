// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

import java.util.Locale;

/// A SQL Server type that takes no arguments.
public enum FixedType implements SqlType {
  BIT,
  TINYINT,
  SMALLINT,
  INT,
  BIGINT,
  MONEY,
  SMALLMONEY,
  REAL,
  FLOAT,
  DATE,
  DATETIME,
  SMALLDATETIME,
  UNIQUEIDENTIFIER;

  private final String sql = name().toLowerCase(Locale.ROOT);

  @Override
  public String baseName() {
    return sql;
  }

  @Override
  public String sql() {
    return sql;
  }

  @Override
  public String toString() {
    return sql;
  }
}
