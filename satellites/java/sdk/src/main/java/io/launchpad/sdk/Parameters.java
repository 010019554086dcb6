// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parameters of a call, by their names without `@` and without regard to case, as in SQL.
///
/// In further chunks or partitions `in` parameters are as the caller gave them; the others are as
/// the script left them.
public interface Parameters {
  /// The names as declared, in the order of the declaration.
  List<String> names();

  /// The value as the Java class that its type has, see the table in the SDK's README; null for
  /// NULL.
  ///
  /// @throws IllegalArgumentException when there is no such parameter; the message names those
  ///   there are
  @Nullable Object get(String name);

  /// Gives a parameter that is `OUTPUT` a value, null for NULL.
  ///
  /// @throws IllegalArgumentException when there is no such parameter, or it is not for output
  void set(String name, @Nullable Object value);

  /// Whether the value is NULL.
  default boolean isNull(String name) {
    return get(name) == null;
  }

  /// The value of a numeric or `bit` parameter.
  ///
  /// @throws IllegalStateException when it is NULL or does not fit
  default int getInt(String name) {
    return Numbers.toInt(get(name), "@" + name);
  }

  /// The value of a numeric or `bit` parameter.
  ///
  /// @throws IllegalStateException when it is NULL or does not fit
  default long getLong(String name) {
    return Numbers.toLong(get(name), "@" + name);
  }

  /// The value of a numeric parameter.
  ///
  /// @throws IllegalStateException when it is NULL or no number
  default double getDouble(String name) {
    return Numbers.toDouble(get(name), "@" + name);
  }

  /// The value of a `bit` parameter.
  ///
  /// @throws IllegalStateException when it is NULL or no `bit`
  default boolean getBoolean(String name) {
    return Numbers.toBoolean(get(name), "@" + name);
  }

  /// The value of a numeric parameter, null for NULL.
  default @Nullable BigDecimal getDecimal(String name) {
    return Numbers.toDecimal(get(name), "@" + name);
  }

  /// The value as text, null for NULL.
  default @Nullable String getString(String name) {
    Object value = get(name);
    return value == null ? null : value.toString();
  }
}
