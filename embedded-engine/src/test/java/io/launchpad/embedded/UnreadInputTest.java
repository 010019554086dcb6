// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.client.DelegatingReader;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.script.ScriptFailedException;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Input that a script does not want holds nothing up.
class UnreadInputTest {
  private static final String EXEC =
      "EXEC sp_execute_external_script @language = N'Python', @script = N's'";

  private final EngineFixture fixture = new EngineFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  /// A script that ends without reading an input whose later rows would take for ever.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void call_doesNotWaitForAnInputThatNobodyReads(boolean fails) {
    fixture.runner.script = (_, input, _) -> new Unread(input.orElseThrow(), fails);
    Recorder recorder =
        fixture.execute(
            EXEC
                + ", @input_data_1 = N'select * from range(1000000000000) where range < 20000000 or"
                + " hash(range) = 1'");
    assertEquals(
        fails ? List.of(39004) : List.of(),
        recorder.errors.stream().map(SqlError::number).toList());
  }

  /// An empty result, or none, of a script whose input is being sent by a thread when it ends.
  private final class Unread extends DelegatingReader {

    private final boolean fails;
    private final Thread pump;

    Unread(ArrowReader input, boolean fails) {
      super(fixture.allocator, Rows.none(fixture.allocator));
      this.fails = fails;
      pump =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (input.loadNextBatch()) {
                    // On to the rows that do not come.
                  }
                } catch (IOException | RuntimeException _) {
                  // As it must be: nothing else ends it.
                }
              });
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      if (fails) {
        throw new ScriptFailedException(39004, "early", "");
      }
      return super.loadNextBatch();
    }

    @Override
    protected void closeReadSource() {
      try {
        pump.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
