// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client.example;

import io.launchpad.client.ClientConfig;
import io.launchpad.client.Execution;
import io.launchpad.client.ExecutionListener;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// The smallest engine there is: sends the numbers 0 to 99 through a script and sums what comes
/// back.
public final class SmallestEngine {
  private SmallestEngine() {}

  public static void main(String[] args) throws IOException {
    System.out.println(run(new Transport.Unix(Path.of(args[0])), args[1], args[2]));
  }

  /// Runs a script of a language; gives the sum of the first column of its output.
  public static long run(Transport launchpad, String language, String script) throws IOException {
    ScriptRequest request =
        ScriptRequest.builder("alice", language, script).deadline(Duration.ofSeconds(30)).build();
    try (BufferAllocator memory = new RootAllocator();
        LaunchpadClient client = LaunchpadClient.open(ClientConfig.of(launchpad), memory);
        ArrowReader rows = new Numbers(memory);
        Execution run =
            client.execute(
                request, List.of(ScriptInput.of("InputDataSet", rows)), null, new Prints())) {
      ArrowReader output = run.outputs().getFirst();
      long sum = 0;
      while (output.loadNextBatch()) {
        VectorSchemaRoot batch = output.getVectorSchemaRoot();
        for (int row = 0; row < batch.getRowCount(); row++) {
          sum += ((BigIntVector) batch.getVector(0)).get(row);
        }
      }
      // Only now is the sum one of complete results.
      run.await();
      return sum;
    } catch (ScriptException e) {
      System.err.println(e.code() + " (" + e.error().category() + "): " + e.getMessage());
      throw e;
    }
  }

  /// Shows live what the script prints.
  private static final class Prints implements ExecutionListener {
    @Override
    public void printed(Message.Output output) {
      System.out.print(output.text());
    }
  }

  /// What an engine would read from its tables: here one batch of a hundred numbers.
  private static final class Numbers extends ArrowReader {
    private boolean read;

    Numbers(BufferAllocator memory) {
      super(memory);
    }

    @Override
    protected Schema readSchema() {
      return new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      if (read) {
        return false;
      }
      read = true;
      VectorSchemaRoot batch = getVectorSchemaRoot();
      var n = (BigIntVector) batch.getVector(0);
      for (int row = 0; row < 100; row++) {
        n.setSafe(row, row);
      }
      batch.setRowCount(100);
      return true;
    }

    @Override
    public long bytesRead() {
      return 0;
    }

    @Override
    protected void closeReadSource() {}
  }
}
