// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import io.launchpad.protocol.Execute.RequestLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What scripts meet when they want more than their resource pool has, and that nobody else
/// notices.
final class LimitTest {
  private static final long MIB = 1 << 20;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service =
        ServiceUnderTest.start(
            Settings.NONE
                .with("runtime.python.parked-min", 2)
                .with("resource-pool.default.session-memory", "256MiB")
                .with("resource-pool.default.session-processes", 40)
                .with("resource-pool.brief.session-cpu-time", "1s")
                .with("resource-pool.small.memory", "128MiB")
                .with("runtime.python.scratch-size", "8MiB")
                .with("runtime.python.scratch-files", 100)
                .with("limits.output-rows", 100_000)
                .with("limits.output-bytes", "1MiB"));
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
        "block = bytearray(600 << 20)",
        // A child alone is too much: the whole session ends, and not with the child's own error.
        """
        import os
        if os.fork() == 0:
            block = bytearray(600 << 20)
        os.wait()
        raise ValueError("the child is gone")
        """,
        // Many that are small.
        """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                block = bytearray(100 << 20)
                time.sleep(1000)
        time.sleep(1000)
        """,
        // No process has it mapped.
        """
        import os
        file = os.memfd_create("large")
        for _ in range(600):
            os.write(file, bytes(1 << 20))
        """
      })
  void memoryOfASession_endsItAndIsNamed(String script) {
    ErrorInfo error = engine.run("print('before')\n" + script).failed(ErrorCode.MEMORY_LIMIT);
    var limit = error.limit().orElseThrow();
    assertEquals("memory", limit.name());
    assertEquals(256 * MIB, limit.value());
    assertEquals("resource-pool.default.session-memory", limit.configurationKey());
    assertTrue(limit.usage() > 250 * MIB, limit.toString());
    assertTrue(error.message().contains("256MiB"), error.message());
    assertEquals(Optional.of(new Exit.Signal(9)), error.exit());
    assertFalse(error.retrySafe());
  }

  @Test
  void memoryOfAPool_isNamedAsThePools() {
    ErrorInfo error =
        engine
            .run(Engine.request("block = bytearray(600 << 20)").resourcePool("small").build())
            .failed(ErrorCode.MEMORY_LIMIT);
    // A session of its own limit, 4 GiB, and not at that.
    assertEquals("resource-pool.small.memory", error.limit().orElseThrow().configurationKey());
  }

  @Test
  void memoryTheRequestAskedFor_holds() {
    var less = new RequestLimits(128 * MIB, 0, 0, 0, 0, 0);
    ErrorInfo error =
        engine
            .run(Engine.request("block = bytearray(200 << 20)").limits(less).build())
            .failed(ErrorCode.MEMORY_LIMIT);
    assertEquals(128 * MIB, error.limit().orElseThrow().value());
    engine.run("block = bytearray(200 << 20)").success();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "import os; os.fork()\n"})
  void cpuTime_endsASessionAndIsNamed(String before) {
    ErrorInfo error =
        engine
            .run(Engine.request(before + "while True: pass").resourcePool("brief").build())
            .failed(ErrorCode.CPU_LIMIT);
    var limit = error.limit().orElseThrow();
    assertEquals(1_000_000, limit.value());
    assertEquals("resource-pool.brief.session-cpu-time", limit.configurationKey());
    assertTrue(limit.usage() >= limit.value(), limit.toString());
  }

  @Test
  void processes_areRefusedAndNamedWhenTheScriptFails() {
    ErrorInfo error =
        engine
            .run(
                """
                import os, time
                for _ in range(100):
                    if os.fork() == 0:
                        time.sleep(1000)
                """)
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("BlockingIOError", error.exceptionClass());
    var limit = error.limit().orElseThrow();
    assertEquals("processes", limit.name());
    assertEquals(40, limit.value());
    assertTrue(error.message().contains(limit.configurationKey()), error.message());
  }

  /// A script that copes is not told.
  @Test
  void processes_areNotMentionedWhenTheScriptSucceeds() {
    engine
        .run(
            """
            import os, time
            try:
                for _ in range(100):
                    if os.fork() == 0:
                        time.sleep(1000)
            except BlockingIOError:
                pass
            """)
        .success();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          open files    | 4096    | limit nofile                 | "import os; files = []\nwhile True: files.append(os.dup(0))"
          scratch bytes | 8388608 | runtime.python.scratch-size  | "with open('large', 'wb') as f: f.write(bytes(9 << 20))"
          scratch bytes | 8388608 | runtime.python.scratch-size  | "import tempfile\nf = tempfile.TemporaryFile(buffering=0)\nwhile True: f.write(bytes(1 << 20))"
          scratch files | 100     | runtime.python.scratch-files | "for i in range(200): open(str(i), 'w').close()"
          """)
  void softLimit_isNamedWhenTheScriptFailsOfIt(String name, long value, String key, String script) {
    ErrorInfo error = engine.run(script).failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("OSError", error.exceptionClass());
    var limit = error.limit().orElseThrow();
    assertEquals(name, limit.name());
    assertEquals(value, limit.value());
    assertEquals(key, limit.configurationKey());
    assertTrue(limit.usage() > value / 2 && limit.usage() <= value, limit.toString());
    assertTrue(error.message().contains(key), error.message());
  }

  @ParameterizedTest
  @CsvSource({
    "output rows,100000,limits.output-rows,1",
    "output bytes,1048576,limits.output-bytes,50"
  })
  void output_endsASessionAndIsNamed(String name, long value, String key, int columns) {
    ErrorInfo error =
        engine
            .run(
                "OutputDataSet = pandas.DataFrame({str(i): range(100_001) for i in range(%d)})"
                    .formatted(columns))
            .failed(ErrorCode.OUTPUT_LIMIT);
    var limit = error.limit().orElseThrow();
    assertEquals(name, limit.name());
    assertEquals(value, limit.value());
    assertEquals(key, limit.configurationKey());
    assertTrue(limit.usage() > value, limit.toString());
  }

  @Test
  void neighbours_areUnharmed() throws Exception {
    try (var other = Engine.of(service.transport());
        var waiting =
            other.start(
                Engine.request(
                        "print('here=1')\nimport time\nblock = bytearray(50 << 20)\ntime.sleep(1000)")
                    .build())) {
      var _ = waiting.events().awaitPrinted("here");
      for (int i = 0; i < 3; i++) {
        var _ = engine.run("block = bytearray(600 << 20)").failed(ErrorCode.MEMORY_LIMIT);
      }
      assertFalse(waiting.execution().result().toCompletableFuture().isDone());
      waiting.execution().cancel("done");
      waiting.finish().cancelled();
    }
  }

  @Test
  void usage_isOfTheSessionAlone() {
    var usage =
        engine
            .run(
                """
                import time
                block = bytearray(100 << 20)
                until = time.process_time() + 0.3
                while time.process_time() < until: pass
                """)
            .success()
            .result()
            .usage()
            .orElseThrow();
    assertTrue(usage.cpuUserMicros() + usage.cpuSystemMicros() >= 300_000, usage.toString());
    assertTrue(usage.memoryPeakBytes() > 100 * MIB, usage.toString());
    var small = engine.run("pass").success().result().usage().orElseThrow();
    assertTrue(small.memoryPeakBytes() < 100 * MIB, small.toString());
  }

  @Test
  void limits_areCounted() throws Exception {
    var _ = engine.run("block = bytearray(600 << 20)").failed(ErrorCode.MEMORY_LIMIT);
    assertTrue(service.monitoring().metric("launchpad_limits_met_total{limit=\"memory\"}") >= 1);
  }

  @Test
  void groups_areGoneWithTheBroker() throws Exception {
    // A confined script does not see where its group stands.
    ServiceUnderTest killed = ServiceUnderTest.start(Settings.NONE.with("sandbox", "none"));
    List<Path> groups;
    try (var engine = Engine.of(killed.transport())) {
      groups = groups(engine);
    }
    assertFalse(groups.isEmpty());
    Processes.kill(killed.broker());
    killed.awaitEnd();
    killed.awaitNoProcess();
    // The next one, in the same folder, ends and removes what was left.
    try (var next = killed.startNext();
        var engine = Engine.of(next.transport())) {
      assertEquals(List.of(), existing(groups));
      groups = groups(engine);
    }
    assertEquals(List.of(), existing(groups));
  }

  private static List<Path> existing(List<Path> paths) {
    return paths.stream().filter(Files::exists).toList();
  }

  private static List<Path> groups(Engine engine) {
    String text = engine.run("print(open('/proc/self/cgroup').read())").success().printed();
    return text.lines()
        .map(line -> line.split(":", 3))
        .filter(parts -> parts.length == 3 && parts[2].contains("/launchpad-"))
        .map(parts -> Path.of("/sys/fs/cgroup/" + parts[1] + parts[2]))
        .toList();
  }

  @Test
  void limitThatCannotBeKept_stopsTheStart() throws Exception {
    try (var refused =
        ServiceUnderTest.launch(
            Settings.NONE
                .with("sandbox.cgroup", "none")
                .with("resource-pool.default.session-memory", "1GiB"))) {
      assertEquals(78, refused.awaitEnd());
      String log = refused.log().all();
      assertTrue(log.contains("resource-pool.default.session-memory = 1GiB"), log);
      assertTrue(log.contains("--cgroup none"), log);
    }
  }
}
