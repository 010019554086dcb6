// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

/// The errors of the T-SQL front: number, severity and what to do. Those of a call's arguments are
/// in [CallErrors], those of results in [ResultErrors].
final class SqlErrors {

  /// Ours: DuckDB refused a statement for a reason SQL Server has no number for.
  static final int ENGINE_ERROR = 58500;

  private SqlErrors() {}

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
  static StatementFailure failure(int number, int severity, String format, Object... arguments) {
    return new StatementFailure(SqlError.of(number, severity, format.formatted(arguments)));
  }

  static StatementFailure syntax(Token at, String expected) {
    return failure(102, 15, "Incorrect syntax near '%s': %s.", shown(at), expected).at(at);
  }

  static StatementFailure unclosedQuote(String rest) {
    return failure(
        105,
        15,
        "Unclosed quotation mark after the character string '%s'.",
        rest.length() > 40 ? rest.substring(0, 40) : rest);
  }

  static StatementFailure unclosedComment() {
    return failure(113, 15, "Missing end comment mark '*/'.");
  }

  static StatementFailure unsupportedStatement(Token first) {
    return failure(
            40510,
            16,
            "Statement '%s' is not supported here: procedural T-SQL is not carried out, write the"
                + " statements one after another.",
            first.text().toUpperCase(java.util.Locale.ROOT))
        .at(first);
  }

  static StatementFailure variableUndeclared(String name) {
    return failure(
        137,
        15,
        "Must declare the scalar variable \"%s\". Variables live until the end of their batch:"
            + " DECLARE it after the last GO.",
        name);
  }

  static StatementFailure variableRedeclared(String name) {
    return failure(
        134,
        15,
        "The variable name '%s' has already been declared. Variable names must be unique within a"
            + " batch.",
        name);
  }

  static StatementFailure variableType(Token name, SqlType type) {
    return failure(2739, 16, "The %s data type is invalid for local variables.", type.baseName())
        .at(name);
  }

  static StatementFailure assignment(String name, SqlType type, CastException cause) {
    return failure(
        cause.reason().number,
        16,
        "Variable %s of type %s cannot take the value: %s.",
        name,
        type.sql(),
        cause.detail());
  }

  static StatementFailure mixedAssignment(Token at) {
    return failure(
            141,
            15,
            "A SELECT statement that assigns a value to a variable must not be combined with"
                + " data-retrieval operations: assign every column to a variable, or none.")
        .at(at);
  }

  static StatementFailure notOneColumn(int columns) {
    return failure(116, 16, "An expression gives one value, this one gives %d columns.", columns);
  }

  static StatementFailure subqueryRows() {
    return failure(512, 16, "An expression gives one value, this one gives more than one row.");
  }

  static StatementFailure unknownType(Token name) {
    return failure(
            2715,
            16,
            "Cannot find data type %s. Types here are SQL Server's, such as int, float or"
                + " nvarchar(max).",
            name.value())
        .at(name);
  }

  static StatementFailure typeArguments(Token name, String type) {
    return failure(
            1007,
            15,
            "Type %s does not exist: its length, precision or scale is out of range.",
            type)
        .at(name);
  }

  static StatementFailure typeUnusable(SqlType type) {
    return failure(
        39017,
        16,
        "Data type %s cannot be used with scripts: CAST it to a type such as nvarchar(max),"
            + " varbinary(max) or decimal.",
        type.baseName());
  }

  static StatementFailure resultType(Token name, SqlType type) {
    return failure(
            39017,
            16,
            "Column '%s' of WITH RESULT SETS has type %s, which no script can return: declare"
                + " nvarchar(max) or varbinary(max).",
            name.value(),
            type.baseName())
        .at(name);
  }

  static StatementFailure outputOfConstant(Token at) {
    return failure(
            179,
            15,
            "Cannot use the OUTPUT option when passing a constant to a stored procedure: pass a"
                + " variable.")
        .at(at);
  }

  static StatementFailure cancelled() {
    return failure(3204, 16, "The statement was cancelled.");
  }

  private static String shown(Token token) {
    String text = token.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
