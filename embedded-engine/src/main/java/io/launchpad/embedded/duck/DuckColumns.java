// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.arrow.ArrowTypes;
import org.apache.arrow.vector.types.pojo.Field;

/// How a column of a result is read by DuckDB.
public final class DuckColumns {

  private DuckColumns() {}

  /// An expression over the column; extension types that DuckDB does not know are turned into its
  /// own, without loss or with an error.
  public static String expression(Field field) {
    String name = DuckTypes.quote(field.getName());
    return switch (ArrowTypes.extensionOf(field).orElse("")) {
      case ArrowTypes.DATETIMEOFFSET ->
          "make_timestamptz(%s)".formatted(micros(name + ".ticks", true));
      case ArrowTypes.DATETIME2 -> "make_timestamp(%s)".formatted(micros(name, true));
      case ArrowTypes.TIME -> "CAST(make_timestamp(%s) AS TIME)".formatted(micros(name, false));
      default -> name;
    };
  }

  /// 100 ns ticks as microseconds since 1970; an error when a value has a seventh digit.
  private static String micros(String ticks, boolean sinceYear1) {
    String micros = sinceYear1 ? "%s // 10 - 62135596800000000" : "%s // 10";
    return ("CASE WHEN %s %% 10 <> 0 THEN error('a value has 7 fractional digits, DuckDB holds 6:"
            + " round it') ELSE "
            + micros
            + " END")
        .formatted(ticks, ticks);
  }
}
