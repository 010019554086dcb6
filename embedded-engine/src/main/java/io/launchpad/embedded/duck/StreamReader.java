// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.client.DelegatingReader;
import java.io.IOException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;

/// The rows of a query that runs while they are read, which may take long from one batch to the
/// next: a request to stop interrupts the connection.
final class StreamReader extends DelegatingReader {

  private final DuckDBConnection connection;
  private final Cancellation cancellation;

  StreamReader(
      BufferAllocator allocator,
      ArrowReader source,
      DuckDBConnection connection,
      Cancellation cancellation) {
    super(allocator, source);
    this.connection = connection;
    this.cancellation = cancellation;
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    try (var _ = cancellation.interrupting(connection)) {
      return super.loadNextBatch();
    }
  }
}
