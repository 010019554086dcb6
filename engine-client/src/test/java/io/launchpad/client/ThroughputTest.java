// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A gigabyte of numbers from the client to a server in this process and back, over a Unix socket.
/// How fast that goes is printed, and is no matter of passing.
@Tag("nightly")
@Timeout(120)
class ThroughputTest {
  private static final int ROWS = 128 << 10;
  private static final int BATCHES = 1_000;

  @Test
  void echo_givesBackEveryRow() throws Exception {
    try (var allocator = new RootAllocator();
        var server = new FakeServer();
        var client = LaunchpadClient.open(ClientConfig.of(server.transport), allocator)) {
      for (int round = 0; round < 5; round++) {
        assertEquals((long) ROWS * BATCHES, echo(allocator, client));
      }
    }
  }

  private static long echo(BufferAllocator allocator, LaunchpadClient client) throws Exception {
    long start = System.nanoTime();
    long rows = 0;
    try (ArrowReader input = new Numbers(allocator);
        Execution run =
            client.execute(
                ScriptRequest.builder("alice", "Fake", "echo").build(),
                List.of(ScriptInput.stable("InputDataSet", input)))) {
      ArrowReader output = run.outputs().getFirst();
      while (output.loadNextBatch()) {
        rows += output.getVectorSchemaRoot().getRowCount();
      }
      run.await();
    }
    long rate = rows * 8 * 1000 / (System.nanoTime() - start);
    System.out.println("echo through the client: " + rate + " MB/s each way");
    return rows;
  }

  /// The same batch of numbers again and again, in memory that does not change.
  private static final class Numbers extends ArrowReader {
    private int batch;

    Numbers(BufferAllocator allocator) {
      super(allocator);
    }

    @Override
    public boolean loadNextBatch() throws java.io.IOException {
      VectorSchemaRoot root = getVectorSchemaRoot();
      if (batch++ == 0) {
        var n = (BigIntVector) root.getVector(0);
        n.allocateNew(ROWS);
        for (int i = 0; i < ROWS; i++) {
          n.set(i, TimeUnit.DAYS.toMillis(i));
        }
        root.setRowCount(ROWS);
      }
      return batch <= BATCHES;
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
      return new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));
    }
  }
}
