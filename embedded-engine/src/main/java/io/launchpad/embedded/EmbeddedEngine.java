// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import io.launchpad.embedded.call.CallStatement;
import io.launchpad.embedded.duck.Cancellation;
import io.launchpad.embedded.duck.DuckSession;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.script.ScriptRunner;
import io.launchpad.embedded.sql.Batch;
import io.launchpad.embedded.sql.BatchParser;
import io.launchpad.embedded.sql.Statement;
import java.sql.SQLException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/// A SQL engine in this process: DuckDB, with T-SQL where scripts are called.
///
/// One session: statements run one after another. [#cancel] may be called from any thread.
///
/// ```java
/// try (var engine = EmbeddedEngine.open(EngineConfig.inMemory(), allocator, runner)) {
///   engine.execute("EXEC sp_execute_external_script @language = N'Python', @script = N'…'", listener);
/// }
/// ```
public final class EmbeddedEngine implements AutoCloseable {

  private final DuckSession session;
  private final BufferAllocator allocator;
  private final ScriptRunner runner;
  private final EngineConfig config;
  private final Cancellation cancellation;

  private EmbeddedEngine(
      DuckSession session,
      BufferAllocator allocator,
      ScriptRunner runner,
      EngineConfig config,
      Cancellation cancellation) {
    this.session = session;
    this.allocator = allocator;
    this.runner = runner;
    this.config = config;
    this.cancellation = cancellation;
  }

  /// Opens the database.
  ///
  /// @param allocator for all results; what is taken from it is given back by the time a statement
  ///   has ended
  /// @param runner not closed by the engine
  /// @throws StatementFailure when the database cannot be opened
  public static EmbeddedEngine open(
      EngineConfig config, BufferAllocator allocator, ScriptRunner runner) {
    var cancellation = new Cancellation();
    return new EmbeddedEngine(
        DuckSession.open(config.database(), allocator, cancellation),
        allocator,
        runner,
        config,
        cancellation);
  }

  /// Carries out a text of statements and batches. An error ends its batch; the next batch is
  /// carried out, unless [#cancel] was called.
  ///
  /// @return whether no statement failed
  public boolean execute(String sql, ResultListener listener) {
    cancellation.reset();
    List<Batch> batches;
    try {
      batches = Batch.split(sql);
    } catch (StatementFailure e) {
      listener.error(e.error());
      return false;
    }
    boolean succeeded = true;
    for (Batch batch : batches) {
      boolean done = execute(batch, listener);
      succeeded &= done;
      if (!done && cancellation.requested()) {
        break;
      }
    }
    return succeeded;
  }

  private boolean execute(Batch batch, ResultListener listener) {
    try {
      List<Statement> statements = BatchParser.parse(batch);
      for (int i = 0; i < batch.repeat(); i++) {
        var calls =
            new CallStatement(
                session, allocator, runner, config.callLimits(), cancellation, listener);
        var statementRunner =
            new StatementRunner(session, allocator, listener, calls, cancellation);
        for (Statement statement : statements) {
          cancellation.throwIfRequested();
          statementRunner.run(statement);
        }
      }
      return true;
    } catch (StatementFailure e) {
      listener.error(e.error());
      return false;
    }
  }

  /// Stops what [#execute] is doing: its statement fails with error 3204, however far its result
  /// has been read, and no other is begun. A statement that is just ending may succeed yet.
  public void cancel() {
    cancellation.request();
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the database could not be closed", e);
    }
  }
}
