// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/// A statement under way on a connection, and its result as Arrow batches when it has one.
public final class DuckQuery implements AutoCloseable {

  /// Rows of a batch. Smaller batches pay DuckDB's fixed cost of an export too often, larger ones
  /// leave the cache.
  private static final long BATCH_ROWS = 65_536;

  private final PreparedStatement statement;
  private final @Nullable DuckDBResultSet result;
  private final @Nullable ArrowReader export;
  private final @Nullable ArrowReader reader;

  private DuckQuery(
      PreparedStatement statement,
      @Nullable DuckDBResultSet result,
      @Nullable ArrowReader export,
      @Nullable ArrowReader reader) {
    this.statement = statement;
    this.result = result;
    this.export = export;
    this.reader = reader;
  }

  /// What is put around the batches as DuckDB gives them.
  interface Reading {
    ArrowReader of(ArrowReader export);
  }

  /// Prepares and starts a statement.
  static DuckQuery run(
      DuckDBConnection connection,
      DuckSql sql,
      BufferAllocator allocator,
      Cancellation cancellation,
      Reading reading)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.text());
    DuckDBResultSet result = null;
    try {
      DuckValues.bind(statement, sql.parameters());
      if (!execute(connection, statement, sql, cancellation)) {
        return new DuckQuery(statement, null, null, null);
      }
      result = statement.getResultSet().unwrap(DuckDBResultSet.class);
      var export = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS);
      return new DuckQuery(statement, result, export, reading.of(export));
    } catch (SQLException | RuntimeException e) {
      closeQuietly(result, e);
      closeQuietly(statement, e);
      throw e;
    }
  }

  /// Runs the statement; when DuckDB has lost the error of a streamed one, runs it once more
  /// unstreamed to learn it.
  private static boolean execute(
      DuckDBConnection connection,
      PreparedStatement statement,
      DuckSql sql,
      Cancellation cancellation)
      throws SQLException {
    try (var _ = cancellation.interrupting(connection)) {
      return statement.execute();
    } catch (SQLException e) {
      if (!DuckErrors.isLost(e)) {
        throw e;
      }
      cancellation.throwIfRequested();
      try (Unstreamed _ = new Unstreamed(connection);
          PreparedStatement again = connection.prepareStatement(sql.text())) {
        DuckValues.bind(again, sql.parameters());
        executeAgain(connection, again, cancellation);
      }
      throw e;
    }
  }

  /// A request to stop interrupts the statement and not what is set back behind it.
  private static void executeAgain(
      DuckDBConnection connection, PreparedStatement again, Cancellation cancellation)
      throws SQLException {
    try (var _ = cancellation.interrupting(connection)) {
      again.execute();
    }
  }

  /// While it is open, results on the connection are collected whole before they are read.
  static final class Unstreamed implements AutoCloseable {

    private final DuckDBConnection connection;

    Unstreamed(DuckDBConnection connection) throws SQLException {
      this.connection = connection;
      set(connection, "SET jdbc_stream_results = false");
    }

    @Override
    public void close() throws SQLException {
      set(connection, "SET jdbc_stream_results = true");
    }

    private static void set(DuckDBConnection connection, String sql) throws SQLException {
      try (var statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  public boolean hasResult() {
    return reader != null;
  }

  public ArrowReader reader() {
    if (reader == null) {
      throw new IllegalStateException("the statement has no result");
    }
    return reader;
  }

  public long updateCount() throws SQLException {
    return statement.getLargeUpdateCount();
  }

  private static void closeQuietly(@Nullable AutoCloseable resource, Exception because) {
    if (resource != null) {
      try {
        resource.close();
      } catch (Exception e) {
        because.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    try (statement;
        result) {
      if (export != null) {
        export.close();
      }
    } catch (IOException e) {
      throw new SQLException(e);
    }
  }
}
