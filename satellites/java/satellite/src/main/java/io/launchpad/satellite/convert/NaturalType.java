// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import io.launchpad.sdk.Columns;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// The column that a value's class asks for, where there is only one that holds all of its values.
public final class NaturalType {
  private NaturalType() {}

  /// The column for a value and others of its class; one of nothing but NULLs for null.
  ///
  /// @throws IllegalArgumentException when the class does not say enough
  public static Field of(String name, @Nullable Object value) {
    return switch (value) {
      case null -> Field.nullable(name, ArrowType.Null.INSTANCE);
      case Boolean _ -> Columns.bool(name);
      case Byte _, Short _ -> Columns.int16(name);
      case Integer _ -> Columns.int32(name);
      case Long _ -> Columns.int64(name);
      case Float _ -> Columns.float32(name);
      case Double _ -> Columns.float64(name);
      case CharSequence _, Character _ -> Columns.text(name);
      case byte[] _ -> Columns.binary(name);
      case LocalDate _ -> Columns.date(name);
      case UUID _ -> Columns.uuid(name);
      case Instant _ -> throw unclear(name, value, "Columns.instant");
      default -> throw unclear(name, value, "Columns.decimal, Columns.dateTime, …");
    };
  }

  private static IllegalArgumentException unclear(String name, Object value, String how) {
    return new IllegalArgumentException(
        "the class %s does not say which type column '%s' has: use rows(%s)"
            .formatted(value.getClass().getName(), name, how));
  }
}
