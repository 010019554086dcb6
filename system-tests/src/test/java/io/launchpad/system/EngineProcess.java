// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.protocol.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An engine in a process of its own, to be killed: it streams without end and says so.
final class EngineProcess implements AutoCloseable {
  private final Process process;
  private final ProcessLog log;

  private EngineProcess(Process process) {
    this.process = process;
    log = ProcessLog.of(process);
  }

  static EngineProcess start(Path socket) throws Exception {
    var engine =
        new EngineProcess(
            new ProcessBuilder(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--sun-misc-unsafe-memory-access=allow",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    EngineProcess.class.getName(),
                    socket.toString())
                .redirectErrorStream(true)
                .start());
    engine.log.await("streaming");
    return engine;
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] arguments) throws Exception {
    try (var engine = Engine.of(new Transport.Unix(Path.of(arguments[0])));
        var rows = GeneratedRows.count(engine, Long.MAX_VALUE / 2);
        Call call =
            engine.start(
                Engine.request("OutputDataSet = InputDataSet").rowsPerRead(100_000).build(),
                List.of(rows.input()),
                null)) {
      var output = call.execution().outputs().getFirst();
      for (long batches = 0; output.loadNextBatch(); batches++) {
        if (batches == 0) {
          System.out.println("streaming");
        }
      }
    }
  }
}
