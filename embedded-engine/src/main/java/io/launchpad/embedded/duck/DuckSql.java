// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.type.SqlValue;
import java.util.List;

/// SQL text for DuckDB.
///
/// @param parameters the value of `$1`, `$2`, …
/// @param variables the variable each was, with its `@`
public record DuckSql(String text, List<SqlValue> parameters, List<String> variables) {

  /// Text whose labels nobody sees.
  public DuckSql(String text, List<SqlValue> parameters) {
    this(text, parameters, List.of());
  }

  /// The same parameters in another text.
  public DuckSql withText(String changed) {
    return new DuckSql(changed, parameters, variables);
  }
}
