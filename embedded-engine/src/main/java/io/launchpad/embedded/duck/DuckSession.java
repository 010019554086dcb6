// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.Token;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;

/// The connection to DuckDB that statements run on, and those made beside it for the inputs of
/// calls.
public final class DuckSession implements AutoCloseable {

  /// The attached database for inputs that several tasks read.
  public static final String SCRATCH = "launchpad_scratch";

  private final DuckDBConnection main;
  private final BufferAllocator allocator;
  private final Cancellation cancellation;
  private long resultNumber;
  private boolean inTransaction;
  private boolean temporaryObjects;
  private boolean scratchAttached;

  private DuckSession(DuckDBConnection main, BufferAllocator allocator, Cancellation cancellation) {
    this.main = main;
    this.allocator = allocator;
    this.cancellation = cancellation;
  }

  public static DuckSession open(
      Optional<Path> database, BufferAllocator allocator, Cancellation cancellation) {
    var properties = new Properties();
    properties.put("jdbc_stream_results", "true");
    String url = "jdbc:duckdb:" + database.map(Object::toString).orElse("");
    try {
      var connection = DriverManager.getConnection(url, properties).unwrap(DuckDBConnection.class);
      return new DuckSession(connection, allocator, cancellation);
    } catch (SQLException e) {
      throw StatementFailure.of(
          EngineError.ENGINE_ERROR,
          "The database cannot be opened: %s",
          String.valueOf(e.getMessage()));
    }
  }

  public DuckDBConnection main() {
    return main;
  }

  /// Starts a statement, which a request to stop interrupts however far it is. A SELECT is
  /// streamed.
  public DuckQuery run(DuckDBConnection connection, DuckSql sql) throws SQLException {
    return DuckQuery.run(
        connection,
        sql,
        allocator,
        cancellation,
        export -> new StreamReader(allocator, export, connection, cancellation));
  }

  /// Starts a query on a connection of its own that can also be stopped by itself.
  public DuckQuery run(DuckDBConnection own, DuckSql sql, Cancellation stop) throws SQLException {
    return DuckQuery.run(
        own,
        sql,
        allocator,
        cancellation,
        export ->
            new StreamReader(
                allocator, new StreamReader(allocator, export, own, cancellation), own, stop));
  }

  /// Runs a query of the session's connection to its end. Its rows can then be read while other
  /// statements run there; a request to stop must not interrupt those.
  public DuckQuery collect(DuckSql sql, Cancellation stop) throws SQLException {
    try (var _ = new DuckQuery.Unstreamed(main)) {
      return DuckQuery.run(
          main,
          sql,
          allocator,
          cancellation,
          export ->
              new CancellableReader(
                  allocator, new CancellableReader(allocator, export, cancellation), stop));
    }
  }

  /// The rows of a query, its schema saying also what SQL Server calls the columns' types.
  ///
  /// @param types what DuckDB calls them
  public ArrowReader described(ArrowReader rows, List<String> types) {
    return new DescribedReader(allocator, rows, types.stream().map(DuckTypeNames::sql).toList());
  }

  public void execute(String sql) throws SQLException {
    execute(main, sql);
  }

  public static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Compiles a query on the session's connection without running it.
  public void require(String sql) throws SQLException {
    try (var _ = main.prepareStatement(sql)) {
      cancellation.throwIfRequested();
    }
  }

  public void transaction(String verb) throws SQLException {
    execute(verb.equals("BEGIN") ? "BEGIN TRANSACTION" : verb);
    inTransaction = verb.equals("BEGIN");
  }

  /// Takes note of a statement that may make something only this connection sees.
  public void note(List<Token> tokens) {
    temporaryObjects |=
        tokens.stream()
            .anyMatch(t ->
                t.isWord("TEMP")
                    || t.isWord("TEMPORARY")
                    || (t.isName() && t.value().startsWith("#")));
  }

  /// Whether what a query reads may be visible on this connection only.
  public boolean hasPrivateState() {
    return inTransaction || temporaryObjects;
  }

  public boolean inTransaction() {
    return inTransaction;
  }

  /// A connection of its own that sees what is committed, with the same schema search path and time
  /// zone.
  public DuckDBConnection beside() throws SQLException {
    DuckDBConnection connection = main.duplicate();
    try (Statement statement = main.createStatement();
        var settings =
            statement.executeQuery(
                "SELECT current_database(), current_schema(), current_setting('TimeZone')")) {
      settings.next();
      String place =
          DuckTypes.quote(settings.getString(1)) + "." + DuckTypes.quote(settings.getString(2));
      execute(connection, "USE " + place);
      execute(connection, "SET TimeZone = '" + settings.getString(3).replace("'", "''") + "'");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  public void attachScratch() throws SQLException {
    if (!scratchAttached) {
      execute("ATTACH ':memory:' AS " + SCRATCH);
      scratchAttached = true;
    }
  }

  /// Inserts all rows of a reader into a table, columns by position, and gives their number. When
  /// the reader fails, throws what it threw.
  ///
  /// @param target the table and, if named, its columns, as DuckDB's SQL
  /// @param columns an expression for each column over the reader's columns
  public long insert(String target, List<String> columns, ArrowReader rows)
      throws SQLException, IOException {
    String name = "launchpad_result_" + resultNumber++;
    var keeper = new FailureKeeper(allocator, rows);
    try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
      Data.exportArrayStream(allocator, keeper, stream);
      try {
        register(name, stream);
        String sql =
            "INSERT INTO %s SELECT %s FROM %s".formatted(target, String.join(", ", columns), name);
        try (DuckQuery insert = run(main, new DuckSql(sql, List.of()))) {
          return insert.updateCount();
        }
      } finally {
        stream.release();
        dropQuietly(name);
      }
    } catch (SQLException e) {
      keeper.rethrow();
      throw e;
    }
  }

  /// A type that DuckDB does not have is an error of the statement.
  private void register(String name, ArrowArrayStream stream) throws SQLException {
    try {
      main.registerArrowStream(name, stream);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof SQLException refused) {
        throw refused;
      }
      throw e;
    }
  }

  /// The view is gone by itself when its transaction has failed.
  private void dropQuietly(String view) {
    try {
      execute("DROP VIEW IF EXISTS " + view);
    } catch (SQLException e) {
      Cancellation.log(e);
    }
  }

  @Override
  public void close() throws SQLException {
    main.close();
  }
}
