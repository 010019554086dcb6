// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.error;

/// Every error this engine raises by itself, with the number and level SQL Server gives it where
/// the meaning is the same. What they mean to a user is in docs/errors.md. The launchpad's errors
/// are in the protocol and pass through with their numbers.
public enum EngineError {
  /// The text is no T-SQL, or no SQL of DuckDB.
  SYNTAX(102, 15, "Correct the text at the place that the message names."),
  /// A string or quoted name has no end.
  UNCLOSED_QUOTE(105, 15, "Close the quote; a quote within a string is doubled."),
  /// A `/*` comment has no end.
  UNCLOSED_COMMENT(113, 15, "Close the comment with `*/`; comments nest."),
  /// An expression gives more than one column.
  NOT_ONE_COLUMN(116, 16, "Select one column."),
  /// A positional argument follows a named one.
  POSITIONAL_AFTER_NAMED(119, 15, "Give all arguments after the first named one by name."),
  /// A variable is declared twice in a batch.
  VARIABLE_REDECLARED(134, 15, "DECLARE it once, or begin a new batch with GO."),
  /// A variable is used that its batch has not declared.
  VARIABLE_UNDECLARED(137, 15, "DECLARE it in the same batch, after the last GO."),
  /// A SELECT both assigns variables and returns columns.
  MIXED_ASSIGNMENT(141, 15, "Assign in one SELECT and return columns in another."),
  /// OUTPUT stands behind a constant.
  OUTPUT_OF_CONSTANT(179, 15, "Give a variable to an OUTPUT parameter."),
  /// There is no such function.
  UNKNOWN_FUNCTION(195, 15, "Use DuckDB's function; the message may name it."),
  /// A required argument of the procedure is missing.
  MISSING_ARGUMENT(201, 16, "Add the argument that the message names."),
  /// There is no conversion from the value to the type.
  NO_CONVERSION(206, 16, "CAST to a type that both go to, such as varchar."),
  /// There is no such column.
  UNKNOWN_COLUMN(207, 16, "Check the name; the message may suggest one."),
  /// There is no such table.
  UNKNOWN_TABLE(208, 16, "Check the name and the schema."),
  /// A column name means more than one column.
  AMBIGUOUS_COLUMN(209, 16, "Write the table before the column."),
  /// An INSERT brings another number of columns than the table has.
  COLUMN_COUNT(213, 16, "Name the columns after the table, or bring as many as it has."),
  /// An argument of the procedure is not of its type.
  ARGUMENT_TYPE(214, 16, "Give a value of the type that the message names; texts are N'…'."),
  /// A date or time is outside the range of its type.
  OUT_OF_RANGE(242, 16, "Use a type with a wider range: datetime2 for datetime."),
  /// An expression gives more than one row.
  SUBQUERY_ROWS(512, 16, "Select one row: with TOP 1, an aggregate, or a WHERE."),
  /// NULL for a column of a table that is NOT NULL.
  NULL_NOT_ALLOWED(515, 16, "Give the column a value, or declare it NULL."),
  /// A row violates a constraint of its table.
  CONSTRAINT(547, 16, "Bring rows that the constraint allows; the message names it."),
  /// DuckDB has reached its memory limit.
  OUT_OF_MEMORY(701, 17, "Read less at once, or raise DuckDB's `memory_limit`."),
  /// A length, precision or scale is out of range.
  TYPE_ARGUMENTS(1007, 15, "Use a length, precision or scale within the type's bounds."),
  /// A row violates a primary key or unique constraint.
  DUPLICATE_KEY(2627, 14, "Bring each key once, or UPDATE what is there."),
  /// A text or byte string is longer than its type takes.
  TOO_LONG(
      2628,
      16,
      "Shorten the value, or declare a longer type; varchar counts bytes, nvarchar UTF-16 units."),
  /// There is an object of that name already.
  ALREADY_EXISTS(2714, 16, "Choose another name, or DROP what is there."),
  /// There is no such data type.
  UNKNOWN_TYPE(2715, 16, "Use a type of docs/types.md."),
  /// A data type that variables cannot have.
  VARIABLE_TYPE(2739, 16, "Use a scalar type."),
  /// There is no such stored procedure.
  UNKNOWN_PROCEDURE(2812, 16, "The one procedure is sp_execute_external_script."),
  /// The statement was cancelled.
  CANCELLED(3204, 16, "Nothing is wrong: somebody asked for it."),
  /// A text says no value of the type.
  MALFORMED(8114, 16, "Correct the text, or keep it as a text."),
  /// A number does not fit its type, or is not finite.
  OVERFLOW(8115, 16, "Use a wider type; NaN and infinities go into real and float only."),
  /// An argument is given more than once.
  SUPPLIED_TWICE(8143, 16, "Give the argument once."),
  /// More positional arguments than the procedure has.
  TOO_MANY_ARGUMENTS(8144, 16, "Declare the parameters after @params in it."),
  /// An argument that `@params` does not declare.
  UNKNOWN_ARGUMENT(8145, 16, "Declare the parameter in @params."),
  /// OUTPUT is asked of a parameter that is not declared so.
  NOT_DECLARED_OUTPUT(8162, 16, "Write OUTPUT after the parameter's type in @params."),
  /// A result although WITH RESULT SETS NONE.
  UNWANTED_RESULT_SET(11535, 16, "Leave the output data frame unassigned, or declare its columns."),
  /// Fewer or more results than WITH RESULT SETS declares.
  RESULT_SET_COUNT(11536, 16, "Declare a result set for each output that the script assigns."),
  /// Fewer or more columns than WITH RESULT SETS declares.
  RESULT_COLUMN_COUNT(11537, 16, "Declare as many columns as the script returns."),
  /// A column has no conversion to its declared type.
  RESULT_TYPE(11538, 16, "Declare a type that the column goes to, or convert it in the script."),
  /// NULL in a column declared NOT NULL.
  RESULT_NULL(11553, 16, "Fill the value in the script, or leave NOT NULL away."),
  /// `@input_data_1` is not one SELECT.
  INPUT_NOT_SELECT(39001, 16, "Give one SELECT; put what it needs into a view or a table first."),
  /// The script raised an exception or does not compile.
  SCRIPT_ERROR(
      39004, 16, "Read the traceback in the message: its line numbers are the script's own."),
  /// A parameter has the name of a data set.
  NAME_CLASH(39008, 16, "Rename the parameter or the data set."),
  /// `@input_data_1` is a SELECT INTO.
  INPUT_SELECT_INTO(39015, 16, "Leave INTO away: the rows go to the script."),
  /// A declared parameter is not supplied.
  PARAMETER_MISSING(39016, 16, "Add `@name = value` to the call."),
  /// A column or value has a type that scripts cannot take or return.
  TYPE_UNSUPPORTED(39017, 16, "CAST the column to a type of docs/types.md."),
  /// A parameter has a type that scripts cannot take or return.
  PARAMETER_TYPE(39018, 16, "Use a scalar type, nvarchar(max) or varbinary(max)."),
  /// A parallel call that streams does not declare its result.
  PARALLEL_NEEDS_SCHEMA(39024, 16, "Add WITH RESULT SETS ((…))."),
  /// A parameter has a reserved name.
  NAME_RESERVED(39026, 16, "Choose another name."),
  /// `@params` declares a name twice.
  NAME_DUPLICATE(39027, 16, "Declare each name once; names are compared without case."),
  /// `@input_data_1_order_by_columns` without partition columns.
  ORDER_WITHOUT_PARTITION(39103, 16, "Add partition columns, or write ORDER BY in the query."),
  /// A partition column is not one column of the input.
  PARTITION_COLUMN_UNKNOWN(39104, 16, "Select the column once in @input_data_1."),
  /// An order column is not one column of the input.
  ORDER_COLUMN_UNKNOWN(39105, 16, "Select the column once in @input_data_1."),
  /// A column stands twice in a list.
  COLUMN_LISTED_TWICE(39106, 16, "Name it once."),
  /// A column is both partition and order column.
  COLUMN_IN_BOTH_LISTS(
      39107, 16, "Leave it away from the order columns: it is constant in a partition."),
  /// `@r_rowsPerRead` is no positive int.
  ROWS_PER_READ(39132, 16, "Give a positive int."),
  /// A statement of procedural T-SQL.
  UNSUPPORTED_STATEMENT(40510, 16, "Write it in the script, or as a statement of DuckDB."),
  /// Arguments that exclude each other.
  BAD_REQUEST(58000, 16, "Leave one of the arguments away."),
  /// The script ended without a value for an output parameter.
  RESULT_MISSING(58010, 16, "Assign the parameter in the script."),
  /// Parallel tasks returned different columns.
  TASKS_COLUMNS_DIFFER(58012, 16, "Declare the columns with WITH RESULT SETS."),
  /// Parallel tasks gave different values for an output parameter.
  TASKS_DISAGREE(58018, 16, "Use @parallel = 0, or return the values as rows."),
  /// DuckDB refused for a reason SQL Server has no number for; the message is its own.
  ENGINE_ERROR(58500, 16, "Read DuckDB's message.");

  private final int number;
  private final int level;
  private final String remedy;

  EngineError(int number, int level, String remedy) {
    this.number = number;
    this.level = level;
    this.remedy = remedy;
  }

  public int number() {
    return number;
  }

  public int level() {
    return level;
  }

  /// What to do, for whoever gets the error; docs/errors.md has it beside the cause.
  public String remedy() {
    return remedy;
  }
}
