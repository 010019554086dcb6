// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each side of the protocol against the other's peer: the engine's client with a satellite and no
/// launchpad, and launchpad with a client that shares no code with ours.
final class IndependenceTest {
  /// Uses the client that the satellite's tests have, which was written from the specifications.
  private static final String REFERENCE_CALL =
      """
      import socket, sys
      import pyarrow as pa
      from reference_client import Call, Client, parameters

      connection = socket.socket(socket.AF_UNIX)
      connection.connect(sys.argv[1])
      client = Client(connection)
      welcome = client.open_direct()
      rows = pa.table({"a": pa.array([1, 2, None], pa.int64()), "b": ["x", "ü", None]})
      call = Call(
          "print('ran'); OutputDataSet = InputDataSet; n = n + 1",
          inputs={"InputDataSet": rows},
          outputs={"OutputDataSet": None},
          parameters=parameters(n=("inout", pa.int32(), 41)),
      )
      result = call.run(client)
      assert result.completed, result
      assert result.table.equals(rows.cast(result.table.schema)), result.table
      assert result.parameters == {"n": 42}, result.parameters
      assert result.stdout == "ran\\n", result.stdout
      client.close()
      print("launchpad:", welcome.launchpad_id)
      """;

  @Test
  void clientWrittenFromTheSpecifications_completesACallAgainstTheService() throws Exception {
    try (var service = ServiceUnderTest.start(Settings.NONE.with("service.id", "under-test"))) {
      var builder =
          new ProcessBuilder(
                  Installation.interpreter().toString(),
                  "-c",
                  REFERENCE_CALL,
                  service.socket().toString())
              .redirectErrorStream(true);
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      builder
          .environment()
          .put(
              "PYTHONPATH",
              Installation.satelliteLibrary()
                  + ":"
                  + Path.of(System.getProperty("launchpad.root"), "satellites/python/tests"));
      Process client = builder.start();
      String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      client.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS);
      assertEquals("launchpad: under-test\n", printed);
      assertEquals(0, client.exitValue());
      service.awaitIdle();
    }
  }

  @Test
  void engineClient_completesACallAgainstASatellite(@TempDir Path folder) throws Exception {
    try (var satellite = SingleSatellite.start(folder);
        var engine = Engine.of(satellite.transport())) {
      try (var rows = GeneratedRows.count(engine, 3)) {
        Outcome.Success success =
            engine
                .run(
                    Engine.request("print('ran')\nOutputDataSet = InputDataSet[['id']]").build(),
                    rows.input())
                .success();
        assertEquals(List.of(List.of(0L), List.of(1L), List.of(2L)), success.rows());
        assertEquals("ran\n", success.printed());
      }
      assertEquals(0, satellite.awaitEnd());
    }
  }

  @Test
  void engineClient_cancelsASatellite(@TempDir Path folder) throws Exception {
    try (var satellite = SingleSatellite.start(folder);
        var engine = Engine.of(satellite.transport())) {
      try (Call call =
          engine.start(Engine.request("print('running=yes')\nwhile True: pass").build())) {
        var _ = call.events().awaitPrinted("running");
        call.execution().cancel("enough");
        call.finish().cancelled();
      }
      satellite.awaitEnd();
    }
  }

  @Test
  void engineClient_isToldOfAScriptThatFailsInASatellite(@TempDir Path folder) throws Exception {
    try (var satellite = SingleSatellite.start(folder);
        var engine = Engine.of(satellite.transport())) {
      var error = engine.run("x = 1\n1 / 0").failed(ErrorCode.SCRIPT_ERROR);
      assertEquals("ZeroDivisionError", error.exceptionClass());
      assertEquals(2, error.trace().orElseThrow().frames().getLast().line());
      satellite.awaitEnd();
    }
  }
}
