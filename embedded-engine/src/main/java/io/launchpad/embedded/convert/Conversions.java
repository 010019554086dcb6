// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import io.launchpad.embedded.type.BinaryType;
import io.launchpad.embedded.type.ClockType;
import io.launchpad.embedded.type.DecimalType;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.ForeignType;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.TextType;

/// Between which types there is a conversion at all, whatever the values.
final class Conversions {

  private enum Family {
    NUMBER,
    TEXT,
    BYTES,
    DATE,
    TIME,
    MOMENT,
    UUID,
    FOREIGN
  }

  private Conversions() {}

  static boolean exists(SqlType from, SqlType to) {
    Family source = family(from);
    Family target = family(to);
    return switch (source) {
      case NUMBER -> target == Family.NUMBER || target == Family.TEXT;
      case TEXT -> target != Family.BYTES && target != Family.FOREIGN;
      case BYTES -> target == Family.BYTES;
      case DATE, MOMENT ->
          target == Family.DATE
              || target == Family.MOMENT
              || target == Family.TEXT
              || target == Family.TIME;
      case TIME -> target == Family.TIME || target == Family.TEXT;
      case UUID -> target == Family.UUID || target == Family.TEXT;
      case FOREIGN -> false;
    };
  }

  private static Family family(SqlType type) {
    return switch (type) {
      case FixedType fixed ->
          switch (fixed) {
            case BIT, TINYINT, SMALLINT, INT, BIGINT, MONEY, SMALLMONEY, REAL, FLOAT ->
                Family.NUMBER;
            case DATE -> Family.DATE;
            case DATETIME, SMALLDATETIME -> Family.MOMENT;
            case UNIQUEIDENTIFIER -> Family.UUID;
          };
      case DecimalType _ -> Family.NUMBER;
      case ClockType clock -> clock.kind() == ClockType.Kind.TIME ? Family.TIME : Family.MOMENT;
      case TextType _ -> Family.TEXT;
      case BinaryType _ -> Family.BYTES;
      case ForeignType _ -> Family.FOREIGN;
    };
  }
}
