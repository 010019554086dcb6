// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCategory;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.time.Duration;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cancels and deadlines against scripts that do not want to end.
final class CancelTest {
  private static final Duration GRACE = Duration.ofMillis(500);

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 2));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import time\nwhile True: time.sleep(1000)",
        "while True: pass",
        "import subprocess\nsubprocess.run(['sleep', '100000'])",
        // Needs the kill.
        """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while True: pass
        """,
        """
        while True:
            try:
                while True: pass
            except KeyboardInterrupt: pass
        """
      })
  void cancel_endsTheScript(String script) throws Exception {
    ScriptRequest request = Engine.request("print('running=yes')\n" + script).grace(GRACE).build();
    try (Call call = engine.start(request)) {
      var _ = call.events().awaitPrinted("running");
      call.execution().cancel("the user is gone");
      call.finish().cancelled();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while True: pass",
        "import time\nwhile True: time.sleep(1000)",
        """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while True: pass
        """
      })
  void deadline_endsTheScript(String script) {
    ScriptRequest request =
        Engine.request(script).deadline(Duration.ofSeconds(2)).grace(GRACE).build();
    ErrorInfo error = engine.run(request).failed(ErrorCode.DEADLINE_EXCEEDED);
    assertEquals(ErrorCategory.RESOURCE, error.category());
    assertFalse(error.retrySafe());
  }

  @Test
  void cancel_passesAnEngineThatReadsNothing() throws Exception {
    try (var rows = GeneratedRows.count(engine, Long.MAX_VALUE / 2);
        Call call =
            engine.start(
                Engine.request("OutputDataSet = InputDataSet")
                    .rowsPerRead(100_000)
                    .grace(GRACE)
                    .build(),
                List.of(rows.input()),
                null)) {
      // One batch read: data flows, and then stands still because nobody reads on.
      assertTrue(call.execution().outputs().getFirst().loadNextBatch());
      call.execution().cancel("enough");
      call.finish().cancelled();
    }
  }

  @Test
  void closingAnExecution_isACancel() throws Exception {
    try (Call call =
        engine.start(
            Engine.request("print('running=yes')\nwhile True: pass").grace(GRACE).build())) {
      var _ = call.events().awaitPrinted("running");
    }
    // The connection is fit for the next call.
    engine.run("x = 1").success();
  }

  /// The interrupt falls wherever it falls among the frames that are being written; whatever it
  /// hits, the stream is never torn.
  @Test
  void interruptAmongFrames_isACancelAndNothingElse() throws Exception {
    ScriptRequest request =
        Engine.request("print('chunk=yes')\nOutputDataSet = InputDataSet")
            .rowsPerRead(5_000)
            .grace(Duration.ofSeconds(20))
            .build();
    for (int batches = 1; batches <= 8; batches++) {
      try (var rows = GeneratedRows.count(engine, Long.MAX_VALUE / 2);
          Call call = engine.start(request, List.of(rows.input()), null)) {
        ArrowReader output = call.execution().outputs().getFirst();
        for (int i = 0; i < batches; i++) {
          assertTrue(output.loadNextBatch());
        }
        call.execution().cancel("after " + batches);
        call.finish().cancelled();
      }
    }
  }
}
