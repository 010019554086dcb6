// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.embedded.arrow.ArrowTypes;
import io.launchpad.embedded.arrow.CellReader;
import io.launchpad.embedded.call.CallStatement;
import io.launchpad.embedded.cast.Texts;
import io.launchpad.embedded.convert.ResultSetConversion;
import io.launchpad.embedded.duck.Cancellation;
import io.launchpad.embedded.duck.DuckErrors;
import io.launchpad.embedded.duck.DuckQuery;
import io.launchpad.embedded.duck.DuckRewriter;
import io.launchpad.embedded.duck.DuckSession;
import io.launchpad.embedded.duck.DuckSql;
import io.launchpad.embedded.duck.DuckValues;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import io.launchpad.embedded.sql.Literals;
import io.launchpad.embedded.sql.Statement;
import io.launchpad.embedded.sql.Statement.Fragment;
import io.launchpad.embedded.sql.StatementErrors;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.token.Token;
import io.launchpad.embedded.type.SqlValue;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Carries out the statements of one batch, one after another.
final class StatementRunner {

  private final DuckSession session;
  private final BufferAllocator allocator;
  private final ResultListener listener;
  private final CallStatement calls;
  private final Cancellation cancellation;
  private final Variables variables = new Variables();

  StatementRunner(
      DuckSession session,
      BufferAllocator allocator,
      ResultListener listener,
      CallStatement calls,
      Cancellation cancellation) {
    this.session = session;
    this.allocator = allocator;
    this.listener = listener;
    this.calls = calls;
    this.cancellation = cancellation;
  }

  void run(Statement statement) {
    try {
      switch (statement) {
        case Statement.Execute execute -> calls.execute(execute, variables);
        case Statement.InsertExec insert -> calls.insert(insert, variables);
        case Statement.Declare declare -> declare(declare);
        case Statement.SetVariable(Token at, String name, Fragment expression) -> {
          var _ = variables.require(at, name);
          variables.assign(at, name, evaluate(at, expression));
        }
        case Statement.SelectAssign select -> selectAssign(select);
        case Statement.Print(Token at, Fragment expression) -> print(evaluate(at, expression));
        case Statement.Transaction(Token _, String verb) -> session.transaction(verb);
        case Statement.Ignored _ -> {}
        case Statement.Sql(Token _, Fragment text) -> sql(text);
      }
    } catch (StatementFailure e) {
      throw e.at(statement.at());
    } catch (SQLException | IOException e) {
      if (cancellation.requested()) {
        throw Cancellation.failure().at(statement.at());
      }
      throw DuckErrors.of(e, statement.at(), tokens(statement));
    }
  }

  private static List<Token> tokens(Statement statement) {
    return switch (statement) {
      case Statement.SetVariable set -> set.expression().significant();
      case Statement.SelectAssign select -> select.query().significant();
      case Statement.Print print -> print.expression().significant();
      case Statement.Sql sql -> sql.text().significant();
      case Statement.Declare declare ->
          declare.initial().map(Fragment::significant).orElse(List.of());
      case Statement.Execute _,
          Statement.InsertExec _,
          Statement.Transaction _,
          Statement.Ignored _ ->
          List.of();
    };
  }

  private void declare(Statement.Declare declare) throws SQLException, IOException {
    SqlValue initial = SqlValue.nullOf(declare.type());
    if (declare.initial().isPresent()) {
      SqlValue value = evaluate(declare.at(), declare.initial().get());
      variables.declare(declare.at(), declare.name(), initial);
      variables.assign(declare.at(), declare.name(), value);
    } else {
      variables.declare(declare.at(), declare.name(), initial);
    }
  }

  private void print(SqlValue value) {
    Object carrier = value.value();
    listener.message(new SqlMessage(0, 0, carrier == null ? "" : Texts.of(carrier)));
  }

  /// A constant or a variable is taken as it is; anything else is DuckDB's to work out.
  private SqlValue evaluate(Token at, Fragment expression) throws SQLException, IOException {
    List<Token> significant = expression.significant();
    Optional<SqlValue> constant = Literals.constant(significant);
    if (constant.isPresent()) {
      return constant.get();
    }
    if (significant.size() == 1 && significant.getFirst().kind() == Token.Kind.VARIABLE) {
      return variables.require(significant.getFirst(), significant.getFirst().text());
    }
    DuckSql sql = DuckRewriter.rewrite(expression, variables);
    List<List<SqlValue>> rows = rows(sql.withText("SELECT " + sql.text()), 2);
    if (rows.size() != 1) {
      throw StatementErrors.subqueryRows().at(at);
    }
    if (rows.getFirst().size() != 1) {
      throw StatementErrors.notOneColumn(rows.getFirst().size()).at(at);
    }
    return rows.getFirst().getFirst();
  }

  /// The last row gives the values, as in SQL Server; without rows the variables keep theirs.
  private void selectAssign(Statement.SelectAssign select) throws SQLException, IOException {
    for (String name : select.names()) {
      var _ = variables.require(select.at(), name);
    }
    List<List<SqlValue>> rows = rows(DuckRewriter.rewrite(select.query(), variables), 1);
    if (!rows.isEmpty()) {
      for (int i = 0; i < select.names().size(); i++) {
        variables.assign(select.at(), select.names().get(i), rows.getLast().get(i));
      }
    }
  }

  /// The last rows of a query, at most as many as asked for.
  private List<List<SqlValue>> rows(DuckSql sql, int max) throws SQLException, IOException {
    var rows = new ArrayList<List<SqlValue>>();
    try (DuckQuery query = session.run(session.main(), sql);
        ArrowReader reader = decoded(query, List.of())) {
      while (reader.loadNextBatch()) {
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        for (int row = Math.max(0, root.getRowCount() - max); row < root.getRowCount(); row++) {
          rows.add(row(root, row));
        }
        while (rows.size() > max) {
          rows.removeFirst();
        }
      }
    }
    return rows;
  }

  private static List<SqlValue> row(VectorSchemaRoot root, int row) {
    var values = new ArrayList<SqlValue>();
    for (FieldVector vector : root.getFieldVectors()) {
      values.add(
          new SqlValue(ArrowTypes.sqlType(vector.getField()), CellReader.of(vector).read(row)));
    }
    return values;
  }

  private ResultSetConversion decoded(DuckQuery query, List<String> variables) {
    return ResultSetConversion.relabelled(
        allocator, query.reader(), label -> DuckValues.label(label, variables));
  }

  private void sql(Fragment text) throws SQLException, IOException {
    session.note(text.tokens());
    DuckSql sql = DuckRewriter.rewrite(text, variables);
    try (DuckQuery query = session.run(session.main(), sql)) {
      if (!query.hasResult()) {
        long rows = query.updateCount();
        if (rows >= 0) {
          listener.rowCount(rows);
        }
        return;
      }
      try (ArrowReader reader = decoded(query, sql.variables())) {
        give(reader);
      }
    }
  }

  private void give(ArrowReader reader) throws IOException, SQLException {
    try {
      listener.result(new ResultRows(reader));
    } catch (IOException | SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the listener failed", e);
    }
  }
}
