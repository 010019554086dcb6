// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

/// Every error this engine raises by itself, with the number and level SQL Server gives it where
/// the meaning is the same. What they mean to a user is in ERRORS.md. The launchpad's errors are in
/// the protocol and pass through with their numbers.
public enum EngineError {
  /// The text is no T-SQL, or no SQL of DuckDB.
  SYNTAX(102, 15),
  /// A string or quoted name has no end.
  UNCLOSED_QUOTE(105, 15),
  /// A `/*` comment has no end.
  UNCLOSED_COMMENT(113, 15),
  /// An expression gives more than one column.
  NOT_ONE_COLUMN(116, 16),
  /// A positional argument follows a named one.
  POSITIONAL_AFTER_NAMED(119, 15),
  /// A variable is declared twice in a batch.
  VARIABLE_REDECLARED(134, 15),
  /// A variable is used that its batch has not declared.
  VARIABLE_UNDECLARED(137, 15),
  /// A SELECT both assigns variables and returns columns.
  MIXED_ASSIGNMENT(141, 15),
  /// OUTPUT stands behind a constant.
  OUTPUT_OF_CONSTANT(179, 15),
  /// There is no such function.
  UNKNOWN_FUNCTION(195, 15),
  /// A required argument of the procedure is missing.
  MISSING_ARGUMENT(201, 16),
  /// There is no conversion from the value to the type.
  NO_CONVERSION(206, 16),
  /// There is no such column.
  UNKNOWN_COLUMN(207, 16),
  /// There is no such table.
  UNKNOWN_TABLE(208, 16),
  /// A column name means more than one column.
  AMBIGUOUS_COLUMN(209, 16),
  /// An INSERT brings another number of columns than the table has.
  COLUMN_COUNT(213, 16),
  /// An argument of the procedure is not of its type.
  ARGUMENT_TYPE(214, 16),
  /// A date or time is outside the range of its type.
  OUT_OF_RANGE(242, 16),
  /// An expression gives more than one row.
  SUBQUERY_ROWS(512, 16),
  /// NULL for a column of a table that is NOT NULL.
  NULL_NOT_ALLOWED(515, 16),
  /// A row violates a constraint of its table.
  CONSTRAINT(547, 16),
  /// DuckDB has reached its memory limit.
  OUT_OF_MEMORY(701, 17),
  /// A length, precision or scale is out of range.
  TYPE_ARGUMENTS(1007, 15),
  /// A row violates a primary key or unique constraint.
  DUPLICATE_KEY(2627, 14),
  /// A text or byte string is longer than its type takes.
  TOO_LONG(2628, 16),
  /// There is an object of that name already.
  ALREADY_EXISTS(2714, 16),
  /// There is no such data type.
  UNKNOWN_TYPE(2715, 16),
  /// A data type that variables cannot have.
  VARIABLE_TYPE(2739, 16),
  /// There is no such stored procedure.
  UNKNOWN_PROCEDURE(2812, 16),
  /// The statement was cancelled.
  CANCELLED(3204, 16),
  /// A text says no value of the type.
  MALFORMED(8114, 16),
  /// A number does not fit its type, or is not finite.
  OVERFLOW(8115, 16),
  /// An argument is given more than once.
  SUPPLIED_TWICE(8143, 16),
  /// More positional arguments than the procedure has.
  TOO_MANY_ARGUMENTS(8144, 16),
  /// An argument that `@params` does not declare.
  UNKNOWN_ARGUMENT(8145, 16),
  /// OUTPUT is asked of a parameter that is not declared so.
  NOT_DECLARED_OUTPUT(8162, 16),
  /// A result although WITH RESULT SETS NONE.
  UNWANTED_RESULT_SET(11535, 16),
  /// Fewer or more results than WITH RESULT SETS declares.
  RESULT_SET_COUNT(11536, 16),
  /// Fewer or more columns than WITH RESULT SETS declares.
  RESULT_COLUMN_COUNT(11537, 16),
  /// A column has no conversion to its declared type.
  RESULT_TYPE(11538, 16),
  /// NULL in a column declared NOT NULL.
  RESULT_NULL(11553, 16),
  /// `@input_data_1` is not one SELECT.
  INPUT_NOT_SELECT(39001, 16),
  /// The script raised an exception or does not compile.
  SCRIPT_ERROR(39004, 16),
  /// A parameter has the name of a data set.
  NAME_CLASH(39008, 16),
  /// `@input_data_1` is a SELECT INTO.
  INPUT_SELECT_INTO(39015, 16),
  /// A declared parameter is not supplied.
  PARAMETER_MISSING(39016, 16),
  /// A column or value has a type that scripts cannot take or return.
  TYPE_UNSUPPORTED(39017, 16),
  /// A parameter has a type that scripts cannot take or return.
  PARAMETER_TYPE(39018, 16),
  /// A parallel call that streams does not declare its result.
  PARALLEL_NEEDS_SCHEMA(39024, 16),
  /// A parameter has a reserved name.
  NAME_RESERVED(39026, 16),
  /// `@params` declares a name twice.
  NAME_DUPLICATE(39027, 16),
  /// `@input_data_1_order_by_columns` without partition columns.
  ORDER_WITHOUT_PARTITION(39103, 16),
  /// A partition column is not one column of the input.
  PARTITION_COLUMN_UNKNOWN(39104, 16),
  /// An order column is not one column of the input.
  ORDER_COLUMN_UNKNOWN(39105, 16),
  /// A column stands twice in a list.
  COLUMN_LISTED_TWICE(39106, 16),
  /// A column is both partition and order column.
  COLUMN_IN_BOTH_LISTS(39107, 16),
  /// `@r_rowsPerRead` is no positive int.
  ROWS_PER_READ(39132, 16),
  /// A statement of procedural T-SQL.
  UNSUPPORTED_STATEMENT(40510, 16),
  /// Arguments that exclude each other.
  BAD_REQUEST(58000, 16),
  /// The script ended without a value for an output parameter.
  RESULT_MISSING(58010, 16),
  /// Parallel tasks returned different columns.
  TASKS_COLUMNS_DIFFER(58012, 16),
  /// Parallel tasks gave different values for an output parameter.
  TASKS_DISAGREE(58018, 16),
  /// DuckDB refused for a reason SQL Server has no number for; the message is its own.
  ENGINE_ERROR(58500, 16);

  private final int number;
  private final int level;

  EngineError(int number, int level) {
    this.number = number;
    this.level = level;
  }

  public int number() {
    return number;
  }

  public int level() {
    return level;
  }
}
