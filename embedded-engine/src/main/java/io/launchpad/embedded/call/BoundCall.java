// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlValue;
import java.util.List;
import java.util.Optional;

/// A call with every argument checked and typed, before its input is read.
///
/// @param query the text of `@input_data_1`; empty when the call has no input
/// @param moreInputs `@input_data_2` and so on; none without `@input_data_1`
/// @param outputNames the main one first
record BoundCall(
    String language,
    String script,
    Optional<String> query,
    String inputName,
    List<NamedQuery> moreInputs,
    List<String> outputNames,
    List<BoundParameter> parameters,
    int rowsPerRead,
    List<String> partitionBy,
    List<OrderColumn> orderBy,
    boolean parallel,
    String typeMapping,
    String inputFormat) {

  /// A further input.
  ///
  /// @param argument which one, as in `@input_data_2`
  record NamedQuery(String argument, String name, String query) {}

  /// @param name without `@`
  /// @param target the caller's variable that takes the value back, when the call says OUTPUT
  record BoundParameter(
      String name, boolean output, SqlValue value, Optional<String> target, Token at) {}

  /// A column of `@input_data_1_order_by_columns`.
  record OrderColumn(String name, boolean descending) {}
}
