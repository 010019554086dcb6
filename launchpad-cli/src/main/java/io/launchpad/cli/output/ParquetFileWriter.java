// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;

/// A result set as a Parquet file, written by DuckDB.
public final class ParquetFileWriter implements ResultWriter {
  private final Path file;
  private final BufferAllocator allocator;
  private boolean used;

  public ParquetFileWriter(Path file, BufferAllocator allocator) {
    this.file = file;
    this.allocator = allocator;
  }

  @Override
  public long write(ArrowReader result) throws IOException {
    if (used) {
      throw new IOException("a Parquet file holds one result set; run the statements one by one");
    }
    used = true;
    try (DuckDBConnection connection =
            (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
        ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
        var statement = connection.createStatement()) {
      Data.exportArrayStream(allocator, result, stream);
      connection.registerArrowStream("result", stream);
      String name = file.toString().replace("'", "''");
      return statement.executeLargeUpdate(
          "COPY (SELECT * FROM result) TO '" + name + "' (FORMAT parquet)");
    } catch (SQLException e) {
      throw new IOException("cannot write " + file + " as Parquet: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {}
}
