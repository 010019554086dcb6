// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.type;

import org.jspecify.annotations.Nullable;

/// A typed scalar: what a variable holds, an argument brings and a parameter returns.
///
/// @param value null for NULL, else by type: `Boolean` (bit), `Long` (integers), `BigDecimal`
///   (decimal, money), `Float`, `Double`, `String`, read-only `ByteBuffer` (binary types),
///   `LocalDate`, `LocalTime`, `LocalDateTime`, `OffsetDateTime` or `UUID`
public record SqlValue(SqlType type, @Nullable Object value) {

  public static SqlValue nullOf(SqlType type) {
    return new SqlValue(type, null);
  }

  public boolean isNull() {
    return value == null;
  }
}
