// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

/// A SQL Server scalar type as written in `DECLARE`, `@params`, `WITH RESULT SETS` and `CREATE
/// TABLE`.
///
/// It is the engine's own notion of a type: Arrow's and DuckDB's are derived from it (`ArrowTypes`,
/// `DuckTypes`), never the other way round, because the same word means different things in SQL
/// Server and DuckDB (`float`, `bit`, `tinyint`).
public sealed interface SqlType
    permits FixedType, DecimalType, ClockType, TextType, BinaryType, ForeignType {

  /// The bare name, for example `decimal`.
  String baseName();

  /// The name with its arguments, for example `decimal(10,2)`.
  String sql();
}
