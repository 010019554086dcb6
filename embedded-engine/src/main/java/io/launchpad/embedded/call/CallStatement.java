// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.BoundParameter;
import io.launchpad.embedded.convert.ResultSetConversion.Names;
import io.launchpad.embedded.duck.CancellableReader;
import io.launchpad.embedded.duck.Cancellation;
import io.launchpad.embedded.duck.DuckColumns;
import io.launchpad.embedded.duck.DuckErrors;
import io.launchpad.embedded.duck.DuckRewriter;
import io.launchpad.embedded.duck.DuckSession;
import io.launchpad.embedded.duck.DuckSql;
import io.launchpad.embedded.duck.DuckTypes;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.script.ScriptFailedException;
import io.launchpad.embedded.script.ScriptRunner;
import io.launchpad.embedded.sql.Statement.Execute;
import io.launchpad.embedded.sql.Statement.InsertExec;
import io.launchpad.embedded.sql.Statement.ResultSets;
import io.launchpad.embedded.sql.Variables;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;

/// Carries out `EXEC sp_execute_external_script` and `INSERT … EXEC`.
public final class CallStatement {

  private final DuckSession session;
  private final BufferAllocator allocator;
  private final ScriptRunner runner;
  private final CallLimits limits;
  private final Cancellation cancellation;
  private final ResultListener listener;

  public CallStatement(
      DuckSession session,
      BufferAllocator allocator,
      ScriptRunner runner,
      CallLimits limits,
      Cancellation cancellation,
      ResultListener listener) {
    this.session = session;
    this.allocator = allocator;
    this.runner = runner;
    this.limits = limits;
    this.cancellation = cancellation;
    this.listener = listener;
  }

  /// What to do with the result of a call that has been started.
  private interface Consumer {
    void consume(CallRun run) throws Exception;
  }

  public void execute(Execute statement, Variables variables) {
    run(
        statement,
        variables,
        run ->
            run.results(
                statement.resultSets(),
                Names.DECLARED,
                result -> {
                  listener.result(
                      new ResultRows(new CancellableReader(allocator, result, cancellation)));
                  CallRun.drain(result);
                }));
  }

  /// All rows or none: the insert is a transaction of its own, which ends after the script has
  /// succeeded as a whole, unless one is open already.
  public void insert(InsertExec statement, Variables variables) {
    DuckSql table = DuckRewriter.rewrite(statement.target(), variables);
    String columns =
        statement.columns().stream().map(DuckTypes::quote).collect(Collectors.joining(", "));
    String target = columns.isEmpty() ? table.text() : table.text() + " (" + columns + ")";
    requireTarget(statement, table.text(), columns.isEmpty() ? "*" : columns);
    run(
        statement.execute(),
        variables,
        run -> listener.rowCount(insert(run, statement.execute().resultSets(), target)));
  }

  /// Fails now when there is no such table, not after hours of training.
  private void requireTarget(InsertExec statement, String table, String columns) {
    try {
      session.require("SELECT " + columns + " FROM " + table);
    } catch (SQLException e) {
      throw DuckErrors.ofTarget(e, statement.at());
    }
  }

  private long insert(CallRun run, ResultSets resultSets, String target) throws Exception {
    boolean own = !session.inTransaction();
    if (own) {
      session.transaction("BEGIN");
    }
    boolean done = false;
    try {
      var rows = new AtomicLong();
      run.results(
          resultSets,
          Names.NUMBERED,
          result -> rows.addAndGet(session.insert(target, columns(result), result)));
      var _ = run.outputs();
      cancellation.throwIfRequested();
      if (own) {
        session.transaction("COMMIT");
      }
      done = true;
      return rows.get();
    } finally {
      if (own && !done) {
        session.transaction("ROLLBACK");
      }
    }
  }

  /// An expression for each column, which gives DuckDB what it has no Arrow reader for.
  private static List<String> columns(ArrowReader reader) throws IOException {
    var columns = new ArrayList<String>();
    for (Field field : reader.getVectorSchemaRoot().getSchema().getFields()) {
      columns.add(DuckColumns.expression(field));
    }
    return columns;
  }

  private void run(Execute statement, Variables variables, Consumer consumer) {
    BoundCall call = CallBinder.bind(statement, variables);
    statement.returned().ifPresent(name -> variables.require(statement.at(), name));
    for (BoundParameter parameter : call.parameters()) {
      parameter.target().ifPresent(name -> variables.require(parameter.at(), name));
    }
    var messages = new ScriptMessages(listener);
    CallInput input = CallInput.open(session, call, limits, statement.at());
    try (CallRun run = CallRun.start(allocator, runner, call, input, limits, messages);
        var _ =
            cancellation.during(() -> run.cancel("the engine's user cancelled the statement"))) {
      consumer.consume(run);
      Map<BoundParameter, SqlValue> outputs = run.outputs();
      outputs.forEach((parameter, value) ->
          parameter.target().ifPresent(name -> variables.assign(parameter.at(), name, value)));
      statement
          .returned()
          .ifPresent(
              name -> variables.assign(statement.at(), name, new SqlValue(FixedType.INT, 0L)));
    } catch (Exception e) {
      throw failure(e, statement, call, messages);
    }
  }

  private RuntimeException failure(
      Exception e, Execute statement, BoundCall call, ScriptMessages messages) {
    if (cancellation.requested()) {
      return Cancellation.failure().at(statement.at());
    }
    return switch (e) {
      case StatementFailure failure -> failure.at(statement.at());
      case ScriptFailedException failed -> ScriptErrors.of(failed, call, statement.at(), messages);
      case RuntimeException defect -> defect;
      default -> {
        Throwable cause = e.getCause();
        yield cause instanceof ScriptFailedException failed
            ? ScriptErrors.of(failed, call, statement.at(), messages)
            : DuckErrors.of(e, statement.at(), List.of());
      }
    };
  }
}
