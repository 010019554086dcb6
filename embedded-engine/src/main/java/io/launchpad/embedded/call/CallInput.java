// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

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
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;

/// The input of a call, opened: one reader for each task, or none when the call has no input.
///
/// It is read from the snapshot at EXEC on connections of its own, so that the result may go into a
/// table the input comes from. What only the session's connection sees (an open transaction,
/// temporary tables) is collected there first. Input that several tasks share is written to a
/// scratch table first, of which each task reads a range of rows.
final class CallInput implements AutoCloseable {

  private final DuckSession session;
  private final List<DuckQuery> queries = new ArrayList<>();
  private final List<DuckDBConnection> connections = new ArrayList<>();
  private final Cancellation stop = new Cancellation();
  private List<String> partitionColumns = List.of();
  private Optional<String> scratchTable = Optional.empty();

  private CallInput(DuckSession session) {
    this.session = session;
  }

  static CallInput open(DuckSession session, BoundCall call, CallLimits limits, Token at) {
    var input = new CallInput(session);
    if (call.query().isEmpty()) {
      if (!call.partitionBy().isEmpty()) {
        throw CallErrors.partitionColumnUnknown(call.partitionBy().getFirst()).at(at);
      }
      return input;
    }
    String text = call.query().get();
    DuckSql query = InputQuery.parse(text, call.parameters());
    try {
      input.open(query, call, limits);
      return input;
    } catch (SQLException | IOException e) {
      input.close();
      throw DuckErrors.ofInput(e, at, Lexer.lex(text, Lexer.Brackets.MIXED));
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private void open(DuckSql query, BoundCall call, CallLimits limits)
      throws SQLException, IOException {
    InputPlan plan = InputPlan.compile(session.main(), query, call);
    partitionColumns = plan.partitionColumns();
    if (session.hasPrivateState()) {
      queries.add(session.collect(plan.all(), stop));
    } else if (call.parallel() && limits.tasksMax() > 1) {
      openRanges(plan, limits);
    } else {
      queries.add(session.run(connection(), plan.all(), stop));
    }
  }

  private DuckDBConnection connection() throws SQLException {
    DuckDBConnection connection = session.beside();
    connections.add(connection);
    return connection;
  }

  private void openRanges(InputPlan plan, CallLimits limits) throws SQLException, IOException {
    session.attachScratch();
    DuckDBConnection writer = connection();
    String table =
        DuckSession.SCRATCH
            + ".main.input_"
            + Long.toUnsignedString(System.identityHashCode(this), 36);
    try (var _ = session.run(writer, plan.into(table))) {
      scratchTable = Optional.of(table);
    }
    long rows = number(writer, new DuckSql("SELECT count(*) FROM " + table, List.of()));
    long tasks = Math.clamp(rows / limits.rowsPerTaskMin(), 1, limits.tasksMax());
    long from = 0;
    for (long task = 1; task <= tasks; task++) {
      long to = task == tasks ? rows : rows * task / tasks;
      if (task < tasks && plan.isPartitioned()) {
        to = number(writer, plan.partitionStart(table, Math.max(to, 1)));
        to = to < 0 ? rows : to;
      }
      if (to > from || tasks == 1) {
        queries.add(session.run(connection(), plan.range(table, from, to), stop));
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

  List<ArrowReader> readers() {
    return queries.stream().map(DuckQuery::reader).toList();
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
    scratchTable.ifPresent(table ->
        resources.add(() -> DuckSession.execute(connections.getFirst(), "DROP TABLE " + table)));
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
