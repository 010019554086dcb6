// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.Execution;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import io.launchpad.client.ScriptResult;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Calls of the identity script, each answer compared byte by byte with what was sent.
record RoundTrip(LaunchpadClient client, BufferAllocator allocator, Columns columns) {
  private static final String INPUT = "InputDataSet";
  private static final int WHOLE_ROWS_MAX = 1_000;
  private static final String IDENTITY = "OutputDataSet = InputDataSet";

  /// The identity script over batches as they are.
  static ScriptRequest arrow() {
    return identity().inputFormat("arrow").build();
  }

  /// The identity script over one data frame of all rows.
  static ScriptRequest pandas() {
    return identity().build();
  }

  /// The identity script once for each data frame of `rows` rows.
  static ScriptRequest pandas(int rows) {
    return identity().rowsPerRead(rows).build();
  }

  /// The identity script of R over one data frame of all rows.
  static ScriptRequest r() {
    return ScriptRequest.builder("bench", "R", "OutputDataSet <- InputDataSet").build();
  }

  /// A script that does nothing, with neither input nor output.
  ScriptResult nothing() throws IOException {
    ScriptRequest request = ScriptRequest.builder("bench", "Python", "pass").outputs().build();
    try (Execution execution = client.execute(request, List.of())) {
      return execution.await();
    }
  }

  private static ScriptRequestBuilder identity() {
    return ScriptRequest.builder("bench", "Python", IDENTITY);
  }

  /// Sends `rows` rows there and back.
  ScriptResult run(ScriptRequest request, long rows) throws IOException {
    try (ArrowReader input = new ColumnsReader(allocator, columns, rows);
        Execution execution = client.execute(request, List.of(input(input, rows)))) {
      ArrowReader output = execution.outputs().getFirst();
      long received = 0;
      VectorSchemaRoot batch = output.getVectorSchemaRoot();
      while (output.loadNextBatch()) {
        columns.requireEqual(batch, (int) (received % columns.rows()));
        received += batch.getRowCount();
      }
      ScriptResult result = execution.await();
      if (received != rows) {
        throw new IllegalStateException(received + " rows came back of " + rows);
      }
      return result;
    }
  }

  /// A batch that is there goes with the request, as an engine would have it; more is read while it
  /// is sent.
  private static ScriptInput input(ArrowReader reader, long rows) throws IOException {
    if (rows > WHOLE_ROWS_MAX) {
      return ScriptInput.stable(INPUT, reader);
    }
    boolean _ = reader.loadNextBatch();
    return ScriptInput.of(INPUT, reader.getVectorSchemaRoot());
  }

  /// Seconds that a round takes.
  double seconds(ScriptRequest request, long rows) throws IOException {
    long began = System.nanoTime();
    var _ = run(request, rows);
    return (System.nanoTime() - began) / 1e9;
  }
}
