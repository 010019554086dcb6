// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.type.SqlType;

/// The errors of a call's arguments.
final class CallErrors {

  static final String PROCEDURE = "sp_execute_external_script";

  private CallErrors() {}

  static StatementFailure unknownProcedure(String name) {
    String hint =
        name.equalsIgnoreCase("sp_configure")
            ? " External scripts need no switching on here: leave it away."
            : " The one procedure here is " + PROCEDURE + ".";
    return StatementFailure.of(
        EngineError.UNKNOWN_PROCEDURE, "Could not find stored procedure '%s'.%s", name, hint);
  }

  static StatementFailure missingArgument(String name) {
    return StatementFailure.of(
        EngineError.MISSING_ARGUMENT,
        "Procedure or function '%s' expects parameter '%s', which was not supplied.",
        PROCEDURE,
        name);
  }

  static StatementFailure positionalAfterNamed(int position) {
    return StatementFailure.of(
        EngineError.POSITIONAL_AFTER_NAMED,
        "Must pass parameter number %d and subsequent parameters as '@name = value'. After the form"
            + " '@name = value' has been used, all subsequent parameters must be passed in the form"
            + " '@name = value'.",
        position);
  }

  static StatementFailure tooManyArguments() {
    return StatementFailure.of(
        EngineError.TOO_MANY_ARGUMENTS,
        "Procedure or function %s has too many arguments specified: those after @params must be"
            + " declared in it.",
        PROCEDURE);
  }

  static StatementFailure unknownArgument(String name) {
    return StatementFailure.of(
        EngineError.UNKNOWN_ARGUMENT,
        "%s is not a parameter for procedure %s: declare it in @params, for example @params = N'%s"
            + " int'.",
        name,
        PROCEDURE,
        name);
  }

  static StatementFailure suppliedTwice(String name) {
    return StatementFailure.of(
        EngineError.SUPPLIED_TWICE, "Parameter '%s' was supplied multiple times.", name);
  }

  static StatementFailure argumentType(String name, String type) {
    return StatementFailure.of(
        EngineError.ARGUMENT_TYPE, "Procedure expects parameter '%s' of type '%s'.", name, type);
  }

  static StatementFailure argumentValue(String name, SqlType type, CastException cause) {
    return StatementFailure.of(
        cause.reason().error(),
        "Parameter %s of type %s cannot take the value: %s.",
        name,
        type.sql(),
        cause.detail());
  }

  static StatementFailure notDeclaredOutput(String name) {
    return StatementFailure.of(
        EngineError.NOT_DECLARED_OUTPUT,
        "The formal parameter \"%s\" was not declared as an OUTPUT parameter, but the actual"
            + " parameter passed in requested output: write OUTPUT after its type in @params.",
        name);
  }

  static StatementFailure parameterNotSupplied(String name) {
    return StatementFailure.of(
        EngineError.PARAMETER_MISSING,
        "The parameterized external script expects the parameter '%s', which was not supplied: add"
            + " %s = value to the call.",
        name,
        name);
  }

  static StatementFailure nameClash(String name, String dataSet) {
    return StatementFailure.of(
        EngineError.NAME_CLASH,
        "The parameter name '%s' has already been used for the data set '%s': rename one of them.",
        name,
        dataSet);
  }

  static StatementFailure dataSetTwice(String name) {
    return StatementFailure.of(
        EngineError.NAME_CLASH,
        "Two data sets of the call are named '%s' (names are compared without case): rename one of"
            + " them.",
        name);
  }

  static StatementFailure nameWithoutInput(String argument) {
    return StatementFailure.of(
        EngineError.MISSING_ARGUMENT,
        "%s_name is given without %s: add the query, or leave the name away.",
        argument,
        argument);
  }

  static StatementFailure inputWithoutFirst(String argument) {
    return StatementFailure.of(
        EngineError.MISSING_ARGUMENT,
        "%s is given without @input_data_1: make the main input the first.",
        argument);
  }

  static StatementFailure outputsInPieces() {
    return StatementFailure.of(
        EngineError.BAD_REQUEST,
        "Several outputs (@output_data_2_name) exclude @r_rowsPerRead and"
            + " @input_data_1_partition_by_columns: return one result with a column that says which"
            + " it is.");
  }

  static StatementFailure typeMapping(String found) {
    return StatementFailure.of(
        EngineError.BAD_REQUEST,
        "@type_mapping is '%s': it may be exact, which is the default, or compat.",
        found);
  }

  static StatementFailure nameReserved(String name) {
    return StatementFailure.of(
        EngineError.NAME_RESERVED,
        "The parameter name '%s' is reserved: choose another name in @params.",
        name);
  }

  static StatementFailure nameDuplicate(String name) {
    return StatementFailure.of(
        EngineError.NAME_DUPLICATE,
        "The parameter name '%s' has been declared more than once in @params (names are"
            + " case-insensitive).",
        name);
  }

  static StatementFailure parameterType(String name, SqlType type) {
    return StatementFailure.of(
        EngineError.PARAMETER_TYPE,
        "Parameter '%s' uses a data type that is not supported for external scripts: %s. Use"
            + " nvarchar(max), varbinary(max) or another scalar type.",
        name,
        type.baseName());
  }

  static StatementFailure rowsPerRead() {
    return StatementFailure.of(
        EngineError.ROWS_PER_READ,
        "The value of @r_rowsPerRead must be a positive integer (type int).");
  }

  static StatementFailure rowsPerReadWithPartitions() {
    return StatementFailure.of(
        EngineError.BAD_REQUEST,
        "@r_rowsPerRead and @input_data_1_partition_by_columns exclude each other: a script runs"
            + " once per chunk or once per partition.");
  }

  static StatementFailure parallelNeedsSchema() {
    return StatementFailure.of(
        EngineError.PARALLEL_NEEDS_SCHEMA,
        "Parallel execution of the streaming script needs the columns of its result: add WITH"
            + " RESULT SETS ((…)) to the call.");
  }

  static StatementFailure notASelect(String found) {
    return StatementFailure.of(
        EngineError.INPUT_NOT_SELECT,
        "Only a SELECT statement is supported as input data query of %s, and only one; found '%s'.",
        PROCEDURE,
        found);
  }

  static StatementFailure selectInto() {
    return StatementFailure.of(
        EngineError.INPUT_SELECT_INTO,
        "The SELECT INTO statement is not supported as input data query of %s: leave INTO away.",
        PROCEDURE);
  }

  static StatementFailure inputColumnType(String column, String type) {
    return StatementFailure.of(
        EngineError.TYPE_UNSUPPORTED,
        "Input column '%s' uses a data type that is not supported: %s. CAST it in @input_data_1 to"
            + " a type scripts can take, such as VARCHAR.",
        column,
        type);
  }

  static StatementFailure orderWithoutPartition() {
    return StatementFailure.of(
        EngineError.ORDER_WITHOUT_PARTITION,
        "@input_data_1_order_by_columns can be used only together with"
            + " @input_data_1_partition_by_columns: without partitions write ORDER BY in"
            + " @input_data_1.");
  }

  static StatementFailure partitionColumnUnknown(String column) {
    return StatementFailure.of(
        EngineError.PARTITION_COLUMN_UNKNOWN,
        "Column '%s' of @input_data_1_partition_by_columns is not one column of the SELECT in"
            + " @input_data_1.",
        column);
  }

  static StatementFailure orderColumnUnknown(String column) {
    return StatementFailure.of(
        EngineError.ORDER_COLUMN_UNKNOWN,
        "Column '%s' of @input_data_1_order_by_columns is not one column of the SELECT in"
            + " @input_data_1.",
        column);
  }

  static StatementFailure columnListedTwice(String column, String list) {
    return StatementFailure.of(
        EngineError.COLUMN_LISTED_TWICE,
        "Column '%s' is named more than once in %s.",
        column,
        list);
  }

  static StatementFailure columnInBothLists(String column) {
    return StatementFailure.of(
        EngineError.COLUMN_IN_BOTH_LISTS,
        "Column '%s' is in @input_data_1_partition_by_columns and in"
            + " @input_data_1_order_by_columns: within a partition it is constant, leave it away"
            + " from the latter.",
        column);
  }

  static StatementFailure tasksDisagree(String name) {
    return StatementFailure.of(
        EngineError.TASKS_DISAGREE,
        "The parallel tasks gave different values for output parameter '%s': use @parallel = 0, or"
            + " return the values as rows.",
        name);
  }

  static StatementFailure outputMissing(String name) {
    return StatementFailure.of(
        EngineError.RESULT_MISSING,
        "The script ended without a value for output parameter '%s'.",
        name);
  }
}
