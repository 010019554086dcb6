// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlValue;
import java.util.List;
import java.util.Optional;

/// A call with every argument checked and typed, before its input is read.
///
/// @param query the text of `@input_data_1`; empty when the call has no input
record BoundCall(
    String language,
    String script,
    Optional<String> query,
    String inputName,
    String outputName,
    List<BoundParameter> parameters,
    int rowsPerRead,
    List<String> partitionBy,
    List<OrderColumn> orderBy,
    boolean parallel) {

  /// @param name without `@`
  /// @param target the caller's variable that takes the value back, when the call says OUTPUT
  record BoundParameter(
      String name, boolean output, SqlValue value, Optional<String> target, Token at) {}

  /// A column of `@input_data_1_order_by_columns`.
  record OrderColumn(String name, boolean descending) {}
}
