// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.cast.Casts;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.SqlValue;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The variables of one batch. Names are case-insensitive; the type is that of the declaration.
public final class Variables {

  private final Map<String, SqlValue> values = new HashMap<>();

  public void declare(Token at, String name, SqlValue value) {
    if (values.putIfAbsent(key(name), value) != null) {
      throw StatementErrors.variableRedeclared(name).at(at);
    }
  }

  /// The value, or error 137.
  public SqlValue require(Token at, String name) {
    SqlValue value = values.get(key(name));
    if (value == null) {
      throw StatementErrors.variableUndeclared(name).at(at);
    }
    return value;
  }

  /// Gives a declared variable a value, cast to its type.
  public void assign(Token at, String name, SqlValue value) {
    SqlType type = require(at, name).type();
    try {
      values.put(key(name), Casts.cast(value, type));
    } catch (CastException e) {
      throw StatementErrors.assignment(name, type, e).at(at);
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
