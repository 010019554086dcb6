// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The variables of one batch. Names are case-insensitive; the type is that of the declaration.
final class Variables {

  private final Map<String, SqlValue> values = new HashMap<>();

  void declare(Token at, String name, SqlValue value) {
    if (values.putIfAbsent(key(name), value) != null) {
      throw SqlErrors.variableRedeclared(name).at(at);
    }
  }

  /// The value, or error 137.
  SqlValue require(Token at, String name) {
    SqlValue value = values.get(key(name));
    if (value == null) {
      throw SqlErrors.variableUndeclared(name).at(at);
    }
    return value;
  }

  /// Gives a declared variable a value, cast to its type.
  void assign(Token at, String name, SqlValue value) {
    SqlType type = require(at, name).type();
    try {
      values.put(key(name), Casts.cast(value, type));
    } catch (CastException e) {
      throw SqlErrors.assignment(name, type, e).at(at);
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
