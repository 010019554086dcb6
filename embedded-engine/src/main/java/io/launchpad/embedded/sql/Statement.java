// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.sql;

import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlType;
import io.launchpad.embedded.type.SqlValue;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One statement of a batch, as far as it is ours; everything else is [Sql] and DuckDB's.
public sealed interface Statement {

  /// Its first token.
  Token at();

  /// `EXEC [@returned =] procedure arguments [WITH RESULT SETS …]`
  ///
  /// @param procedure its name without schema
  record Execute(
      Token at,
      Optional<String> returned,
      String procedure,
      List<Argument> arguments,
      ResultSets resultSets)
      implements Statement {}

  /// `INSERT [INTO] target [(columns)] EXEC …`
  ///
  /// @param target the table's name as it was written
  /// @param columns empty when none are named
  record InsertExec(Token at, Fragment target, List<String> columns, Execute execute)
      implements Statement {}

  /// `DECLARE @name type [= initial]`, one for each variable.
  record Declare(Token at, String name, SqlType type, Optional<Fragment> initial)
      implements Statement {}

  /// `SET @name = expression`
  record SetVariable(Token at, String name, Fragment expression) implements Statement {}

  /// `SELECT @name = expression, … [FROM …]`
  ///
  /// @param query the SELECT without the assignments; its columns are the values of `names`
  record SelectAssign(Token at, List<String> names, Fragment query) implements Statement {}

  /// `PRINT expression`
  record Print(Token at, Fragment expression) implements Statement {}

  /// `BEGIN | COMMIT | ROLLBACK TRAN[SACTION]`
  record Transaction(Token at, String sql) implements Statement {}

  /// A session option of SQL Server that makes no difference here, such as `SET NOCOUNT ON`.
  record Ignored(Token at) implements Statement {}

  /// A statement in DuckDB's dialect, with the mends of `DuckRewriter`.
  record Sql(Token at, Fragment text) implements Statement {}

  /// Tokens of DuckDB's dialect, spaces and comments included.
  record Fragment(List<Token> tokens) {

    public List<Token> significant() {
      return tokens.stream().filter(Token::isSignificant).toList();
    }
  }

  /// An argument of a call.
  ///
  /// @param name with its `@`; null when it is given by position
  record Argument(Token at, @Nullable String name, Value value, boolean output) {}

  /// What an argument is given.
  sealed interface Value {

    record Literal(SqlValue value) implements Value {}

    record Variable(String name) implements Value {}

    record Default() implements Value {}
  }

  /// What a call says of its results.
  sealed interface ResultSets {

    record Undefined() implements ResultSets {}

    record None() implements ResultSets {}

    record Declared(List<List<ResultColumn>> sets) implements ResultSets {}
  }

  /// A column of `WITH RESULT SETS`.
  record ResultColumn(String name, SqlType type, boolean nullable, Optional<String> collation) {}
}
