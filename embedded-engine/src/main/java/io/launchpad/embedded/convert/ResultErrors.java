// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.convert;

import io.launchpad.embedded.cast.CastException;
import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.type.SqlType;

/// The errors of results that are not what the call declared.
public final class ResultErrors {

  private ResultErrors() {}

  public static StatementFailure unwantedResultSet() {
    return StatementFailure.of(
        EngineError.UNWANTED_RESULT_SET,
        "EXECUTE statement failed because its WITH RESULT SETS clause specified 0 result set(s),"
            + " and the statement tried to send more result sets than this. Leave the output data"
            + " frame unassigned, or declare its columns.");
  }

  public static StatementFailure missingResultSets(int declared, int sent) {
    return StatementFailure.of(
        EngineError.RESULT_SET_COUNT,
        "EXECUTE statement failed because its WITH RESULT SETS clause specified %d result set(s),"
            + " but the statement only sent %d result set(s) at run time. A script sends one when"
            + " it assigns its output data frame, none otherwise.",
        declared,
        sent);
  }

  static StatementFailure columnCount(int set, int declared, int sent) {
    return StatementFailure.of(
        EngineError.RESULT_COLUMN_COUNT,
        "EXECUTE statement failed because its WITH RESULT SETS clause specified %d column(s) for"
            + " result set number %d, but the statement sent %d column(s) at run time.",
        declared,
        set,
        sent);
  }

  static StatementFailure noConversion(int set, SqlType declared, int column, SqlType sent) {
    return StatementFailure.of(
        EngineError.RESULT_TYPE,
        "EXECUTE statement failed because its WITH RESULT SETS clause specified type '%s' for"
            + " column #%d in result set #%d, and the corresponding type sent at run time was '%s';"
            + " there is no conversion between the two types.",
        declared.baseName(),
        column,
        set,
        sent.baseName());
  }

  static StatementFailure nullNotAllowed(int set, int column, String name, long row) {
    return StatementFailure.of(
        EngineError.RESULT_NULL,
        "EXECUTE statement failed because its WITH RESULT SETS clause specified a non-nullable type"
            + " for column #%d in result set #%d, and the corresponding value sent at run time was"
            + " null: column '%s', row %d.",
        column,
        set,
        name,
        row);
  }

  static StatementFailure cell(
      int set, int column, String name, long row, SqlType declared, CastException cause) {
    return StatementFailure.of(
        cause.reason().error(),
        "Column %d '%s', row %d%s cannot be returned as %s: %s. Change the value in the script or"
            + " the type in WITH RESULT SETS.",
        column,
        name,
        row,
        set == 1 ? "" : " of result set " + set,
        declared.sql(),
        cause.detail());
  }
}
