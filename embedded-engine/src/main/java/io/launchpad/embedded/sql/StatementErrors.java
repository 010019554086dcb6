// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlType;

/// The errors of statements that are well-formed and mean nothing, and of their variables and
/// types.
public final class StatementErrors {

  private StatementErrors() {}

  static StatementFailure unsupportedStatement(Token first) {
    return StatementFailure.of(
            EngineError.UNSUPPORTED_STATEMENT,
            "Statement '%s' is not supported here: procedural T-SQL is not carried out, write the"
                + " statements one after another.",
            first.text().toUpperCase(java.util.Locale.ROOT))
        .at(first);
  }

  public static StatementFailure variableUndeclared(String name) {
    return StatementFailure.of(
        EngineError.VARIABLE_UNDECLARED,
        "Must declare the scalar variable \"%s\". Variables live until the end of their batch:"
            + " DECLARE it after the last GO.",
        name);
  }

  static StatementFailure variableRedeclared(String name) {
    return StatementFailure.of(
        EngineError.VARIABLE_REDECLARED,
        "The variable name '%s' has already been declared. Variable names must be unique within a"
            + " batch.",
        name);
  }

  static StatementFailure variableType(Token name, SqlType type) {
    return StatementFailure.of(
            EngineError.VARIABLE_TYPE,
            "The %s data type is invalid for local variables.",
            type.baseName())
        .at(name);
  }

  static StatementFailure assignment(String name, SqlType type, CastException cause) {
    return StatementFailure.of(
        cause.reason().error(),
        "Variable %s of type %s cannot take the value: %s.",
        name,
        type.sql(),
        cause.detail());
  }

  static StatementFailure mixedAssignment(Token at) {
    return StatementFailure.of(
            EngineError.MIXED_ASSIGNMENT,
            "A SELECT statement that assigns a value to a variable must not be combined with"
                + " data-retrieval operations: assign every column to a variable, or none.")
        .at(at);
  }

  public static StatementFailure notOneColumn(int columns) {
    return StatementFailure.of(
        EngineError.NOT_ONE_COLUMN,
        "An expression gives one value, this one gives %d columns.",
        columns);
  }

  public static StatementFailure subqueryRows() {
    return StatementFailure.of(
        EngineError.SUBQUERY_ROWS,
        "An expression gives one value, this one gives more than one row.");
  }

  static StatementFailure unknownType(Token name) {
    return StatementFailure.of(
            EngineError.UNKNOWN_TYPE,
            "Cannot find data type %s. Types here are SQL Server's, such as int, float or"
                + " nvarchar(max).",
            name.value())
        .at(name);
  }

  static StatementFailure typeArguments(Token name, String type) {
    return StatementFailure.of(
            EngineError.TYPE_ARGUMENTS,
            "Type %s does not exist: its length, precision or scale is out of range.",
            type)
        .at(name);
  }

  static StatementFailure resultType(Token name, SqlType type) {
    return StatementFailure.of(
            EngineError.TYPE_UNSUPPORTED,
            "Column '%s' of WITH RESULT SETS has type %s, which no script can return: declare"
                + " nvarchar(max) or varbinary(max).",
            name.value(),
            type.baseName())
        .at(name);
  }

  static StatementFailure outputOfConstant(Token at) {
    return StatementFailure.of(
            EngineError.OUTPUT_OF_CONSTANT,
            "Cannot use the OUTPUT option when passing a constant to a stored procedure: pass a"
                + " variable.")
        .at(at);
  }
}
