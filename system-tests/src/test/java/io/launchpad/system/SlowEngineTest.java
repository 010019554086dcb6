// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An engine that reads one byte a second, while its script has endless results and prints.
@Timeout(180)
final class SlowEngineTest {
  private static final long MIB = 1 << 20;

  /// What all windows, batches and chunks between an engine and a script may hold together.
  private static final long UNDER_WAY_MAX = 64 * MIB;

  private static final String SCRIPT =
      """
      with open("/proc/self/comm", "w") as comm:
          comm.write("slow-reader")
      print("x" * 5000)
      OutputDataSet = InputDataSet
      """;

  @Test
  void engineThatReadsAByteASecond_isCancelledAtOnceAndHarmsNobody(@TempDir Path folder)
      throws Exception {
    try (var service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 2));
        var pipe = new SlowPipe(folder.resolve("pipe"), service.socket());
        var engine = Engine.of(new Transport.Unix(folder.resolve("pipe")));
        var other = Engine.of(service.transport())) {
      try (var rows = GeneratedRows.count(engine, Long.MAX_VALUE / 2);
          Call call =
              engine.start(
                  Engine.request(SCRIPT).rowsPerRead(50_000).grace(Duration.ofSeconds(30)).build(),
                  List.of(rows.input()),
                  null)) {
        assertTrue(call.execution().outputs().getFirst().loadNextBatch());
        long before = Processes.residentBytes(service.service());
        pipe.slow(true);
        // Others are served meanwhile, long enough to fill whatever has no bound.
        for (int i = 0; i < 20; i++) {
          assertEquals("fine\n", other.run("print('fine')").success().printed());
        }
        assertTrue(rows.bytesRead() < UNDER_WAY_MAX, rows.bytesRead() / MIB + " MiB were taken");
        long more = Processes.residentBytes(service.service()) - before;
        assertTrue(more < UNDER_WAY_MAX, more / MIB + " MiB more in memory");

        call.execution().cancel("enough");
        Deadline.await(
            "the end of the script, whose engine has read next to nothing",
            () ->
                service.processes().stream()
                    .noneMatch(pid -> Processes.name(pid).orElse("").equals("slow-reader")));
        pipe.slow(false);
        call.finish().cancelled();
      }
      // The connection is fit for the next call.
      assertEquals("fine\n", engine.run("print('fine')").success().printed());
    }
  }
}
