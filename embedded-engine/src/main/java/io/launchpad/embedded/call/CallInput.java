// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.NamedQuery;
import io.launchpad.embedded.duck.Cancellation;
import io.launchpad.embedded.duck.DuckErrors;
import io.launchpad.embedded.duck.DuckQuery;
import io.launchpad.embedded.duck.DuckSession;
import io.launchpad.embedded.duck.DuckSql;
import io.launchpad.embedded.token.Lexer;
import io.launchpad.embedded.token.Token;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;

/// The inputs of a call, opened: for each task its part of the main input and a reader of each
/// further one, or nothing when the call has no input.
///
/// They are read from the snapshot at EXEC on connections of their own, so that the result may go
/// into a table the input comes from. What only the session's connection sees (an open transaction,
/// temporary tables) is collected there first. Input that several tasks share is written to a
/// scratch table first, of which each task reads a range of rows, or of a further input all.
final class CallInput implements AutoCloseable {

  private final DuckSession session;
  private final List<List<ArrowReader>> tasks = new ArrayList<>();
  private final List<DuckQuery> queries = new ArrayList<>();
  private final List<DuckDBConnection> connections = new ArrayList<>();
  private final List<String> scratchTables = new ArrayList<>();
  private final Cancellation stop = new Cancellation();
  private List<String> partitionColumns = List.of();

  private CallInput(DuckSession session) {
    this.session = session;
  }

  static CallInput open(DuckSession session, BoundCall call, CallLimits limits, Token at) {
    var input = new CallInput(session);
    if (call.query().isEmpty()) {
      if (!call.partitionBy().isEmpty()) {
        throw CallErrors.partitionColumnUnknown(call.partitionBy().getFirst()).at(at);
      }
      input.tasks.add(List.of());
      return input;
    }
    try {
      input.openMain(call.query().get(), call, limits, at);
      for (NamedQuery more : call.moreInputs()) {
        input.openMore(more, call, at);
      }
      return input;
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private void openMain(String text, BoundCall call, CallLimits limits, Token at) {
    DuckSql query = InputQuery.parse(CallBinder.INPUT, text, call.parameters());
    try {
      InputPlan plan = InputPlan.compile(session.main(), query, call.partitionBy(), call.orderBy());
      partitionColumns = plan.partitionColumns();
      if (call.parallel() && limits.tasksMax() > 1 && !session.hasPrivateState()) {
        openRanges(plan, limits);
      } else {
        addTask(whole(plan));
      }
    } catch (SQLException | IOException e) {
      throw DuckErrors.ofInput(e, at, Lexer.lex(text, Lexer.Brackets.MIXED));
    }
  }

  private void openMore(NamedQuery more, BoundCall call, Token at) {
    DuckSql query = InputQuery.parse(more.argument(), more.query(), call.parameters());
    try {
      InputPlan plan = InputPlan.compile(session.main(), query);
      if (tasks.size() == 1) {
        tasks.getFirst().add(whole(plan));
        return;
      }
      String table = scratch(plan);
      for (List<ArrowReader> task : tasks) {
        task.add(reader(plan, session.run(connection(), plan.all(table), stop)));
      }
    } catch (SQLException e) {
      throw DuckErrors.ofInput(e, at, Lexer.lex(more.query(), Lexer.Brackets.MIXED));
    }
  }

  private void addTask(ArrowReader main) {
    var readers = new ArrayList<ArrowReader>();
    readers.add(main);
    tasks.add(readers);
  }

  private ArrowReader whole(InputPlan plan) throws SQLException {
    return reader(
        plan,
        session.hasPrivateState()
            ? session.collect(plan.all(), stop)
            : session.run(connection(), plan.all(), stop));
  }

  /// The rows of a query, which is closed with the input.
  private ArrowReader reader(InputPlan plan, DuckQuery query) {
    queries.add(query);
    return session.described(query.reader(), plan.types());
  }

  private DuckDBConnection connection() throws SQLException {
    DuckDBConnection connection = session.beside();
    connections.add(connection);
    return connection;
  }

  /// Writes the rows of a query to a table that every connection sees.
  private String scratch(InputPlan plan) throws SQLException {
    session.attachScratch();
    String table =
        "%s.main.input_%s_%d"
            .formatted(
                DuckSession.SCRATCH,
                Long.toUnsignedString(System.identityHashCode(this), 36),
                scratchTables.size());
    try (var _ = session.run(connection(), plan.into(table))) {
      scratchTables.add(table);
    }
    return table;
  }

  private void openRanges(InputPlan plan, CallLimits limits) throws SQLException, IOException {
    String table = scratch(plan);
    DuckDBConnection counting = connections.getLast();
    long rows = number(counting, new DuckSql("SELECT count(*) FROM " + table, List.of()));
    long count = Math.clamp(rows / limits.rowsPerTaskMin(), 1, limits.tasksMax());
    long from = 0;
    for (long task = 1; task <= count; task++) {
      long to = task == count ? rows : rows * task / count;
      if (task < count && plan.isPartitioned()) {
        to = number(counting, plan.partitionStart(table, Math.max(to, 1)));
        to = to < 0 ? rows : to;
      }
      if (to > from || count == 1) {
        addTask(reader(plan, session.run(connection(), plan.range(table, from, to), stop)));
      }
      from = Math.max(from, to);
    }
  }

  /// The one number a query gives; -1 for NULL.
  private long number(DuckDBConnection connection, DuckSql sql) throws SQLException, IOException {
    try (DuckQuery query = session.run(connection, sql)) {
      query.reader().loadNextBatch();
      var column = (BigIntVector) query.reader().getVectorSchemaRoot().getVector(0);
      return column.isNull(0) ? -1 : column.get(0);
    }
  }

  /// The inputs of each task, the main one first; one task without inputs when there is none.
  List<List<ArrowReader>> tasks() {
    return tasks;
  }

  /// By the names the query gives them.
  List<String> partitionColumns() {
    return partitionColumns;
  }

  /// Makes its readers fail, for a call that ends before its input.
  void stop() {
    stop.request();
  }

  @Override
  public void close() {
    var resources = new ArrayList<AutoCloseable>(queries);
    for (String table : scratchTables) {
      resources.add(() -> DuckSession.execute(connections.getFirst(), "DROP TABLE " + table));
    }
    resources.addAll(connections.reversed());
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        Cancellation.log(e);
      }
    }
  }
}
