// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.Execution;
import io.launchpad.client.ScriptRequest;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Data that flows through a script while it runs, and the memory that takes.
final class StreamingTest {
  private static final long MIB = 1 << 20;

  /// Fills the service's buffers and has its code compiled; no sample is taken meanwhile.
  private static final long WARM_UP = 1_000 * MIB;

  /// What service and broker may hold, and how much more at one moment than at another.
  private static final long RESIDENT_MAX = 400 * MIB;

  private static final long SPREAD_MAX = 60 * MIB;

  /// What all windows, batches and chunks between an engine and a script may hold together.
  private static final long UNDER_WAY_MAX = 64 * MIB;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 3));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static ScriptRequest identity(long rowsPerRead) {
    return Engine.request("OutputDataSet = InputDataSet").rowsPerRead(rowsPerRead).build();
  }

  @Test
  void chunks_passHundredsOfMegabytesInBoundedMemory() throws Exception {
    passInBoundedMemory(WARM_UP + 500 * MIB);
  }

  @Test
  @Tag("nightly")
  @Timeout(1800)
  void chunks_passGigabytesInBoundedMemory() throws Exception {
    passInBoundedMemory(10_000 * MIB);
  }

  private static void passInBoundedMemory(long bytes) throws Exception {
    long rows = bytes / GeneratedRows.ROW_BYTES;
    long rowsPerRead = 250_000;
    List<Long> processes = List.of(service.service(), service.broker());
    long least = Long.MAX_VALUE;
    long most = 0;
    try (var input = GeneratedRows.count(engine, rows);
        Call call = engine.start(identity(rowsPerRead), List.of(input.input()), null)) {
      ArrowReader output = call.execution().outputs().getFirst();
      long next = 0;
      while (output.loadNextBatch()) {
        next = assertGoesOn(output, next);
        if (next > WARM_UP / GeneratedRows.ROW_BYTES) {
          long resident = processes.stream().mapToLong(Processes::residentBytes).sum();
          least = Math.min(least, resident);
          most = Math.max(most, resident);
        }
      }
      assertEquals(rows, next);
      assertEquals((rows + rowsPerRead - 1) / rowsPerRead, call.execution().await().runs());
    }
    String spread = "from %d to %d MiB".formatted(least / MIB, most / MIB);
    assertTrue(most <= RESIDENT_MAX, spread);
    assertTrue(most - least <= SPREAD_MAX, spread);
  }

  /// Checks that the batch holds the rows after `next`; gives the one after its last.
  private static long assertGoesOn(ArrowReader output, long next) throws Exception {
    var root = output.getVectorSchemaRoot();
    var id = (BigIntVector) root.getVector("id");
    var value = (Float8Vector) root.getVector("value");
    int rows = root.getRowCount();
    for (int row = 0; row < rows; row++) {
      if (id.get(row) != next + row || value.get(row) != (next + row) / 2.0) {
        throw new AssertionError("row " + (next + row) + " is " + id.get(row));
      }
    }
    return next + rows;
  }

  @Test
  void engineThatDoesNotRead_holdsTheScriptBackAndLosesNothing() throws Exception {
    long rows = 200 * MIB / GeneratedRows.ROW_BYTES;
    try (var input = GeneratedRows.count(engine, rows);
        Call call = engine.start(identity(100_000), List.of(input.input()), null)) {
      ArrowReader output = call.execution().outputs().getFirst();
      assertTrue(output.loadNextBatch());
      long next = assertGoesOn(output, 0);
      // Others are served meanwhile, long enough to fill whatever has no bound.
      for (int i = 0; i < 5; i++) {
        engine.run("x = 1").success();
      }
      long underWay = input.bytesRead();
      assertTrue(underWay < UNDER_WAY_MAX, underWay / MIB + " MiB were taken");
      while (output.loadNextBatch()) {
        next = assertGoesOn(output, next);
      }
      assertEquals(rows, next);
      call.execution().await();
    }
  }

  @Test
  void outputNobodyWants_doesNotHoldUpTheScript() throws Exception {
    try (var input = GeneratedRows.count(engine, 50 * MIB / GeneratedRows.ROW_BYTES);
        Call call =
            engine.start(
                Engine.request("x = 1").rowsPerRead(100_000).build(),
                List.of(input.input()),
                null)) {
      call.finish().success();
    }
  }

  @Test
  void scriptThatIgnoresItsInput_endsWithoutReadingIt() throws Exception {
    try (var input = GeneratedRows.count(engine, Long.MAX_VALUE / 2);
        Call call =
            engine.start(
                Engine.request("OutputDataSet = pandas.DataFrame({'a': [1]})\nexit()")
                    .rowsPerRead(1_000)
                    .build(),
                List.of(input.input()),
                null)) {
      call.finish().failed(io.launchpad.protocol.ErrorCode.SCRIPT_EXITED);
    }
  }

  @Test
  void partitions_runTheScriptOncePerKey() throws Exception {
    String script =
        """
        runs = globals().get("runs", 0) + 1
        OutputDataSet = pandas.DataFrame({
            "part": [InputDataSet.part.iloc[0]],
            "parts": [InputDataSet.part.nunique()],
            "rows": [len(InputDataSet)],
            "run": [runs],
        })
        """;
    try (var input = new GeneratedRows(engine.allocator(), 0, 19_500, 1_000, 700)) {
      Outcome.Success success =
          engine
              .run(Engine.request(script).partitionColumns(List.of("part")).build(), input.input())
              .success();
      var expected = new ArrayList<List<Object>>();
      for (long part = 0; part < 20; part++) {
        expected.add(List.of(part, 1L, part == 19 ? 500L : 1_000L, part + 1));
      }
      assertEquals(expected, success.rows());
      assertEquals(20, success.result().runs());
    }
  }

  @Test
  void parallelTasks_eachHaveTheirNumberAndTheirRows() throws Exception {
    int tasks = 3;
    var request =
        Engine.request(
                """
                import launchpad
                OutputDataSet = pandas.DataFrame({
                    "task": [launchpad.session.task], "tasks": [launchpad.session.tasks],
                    "first": [InputDataSet.id.iloc[0]], "rows": [len(InputDataSet)]})
                """)
            .build();
    var inputs = new ArrayList<GeneratedRows>();
    var events = new ArrayList<Events>();
    for (int task = 0; task < tasks; task++) {
      inputs.add(new GeneratedRows(engine.allocator(), 100L * task, 100, 1_000, 30));
      events.add(new Events());
    }
    List<Execution> executions =
        engine
            .client()
            .executeParallel(
                request,
                inputs.stream().map(input -> List.of(input.input())).toList(),
                null,
                List.copyOf(events));
    for (int task = 0; task < tasks; task++) {
      try (var call = new Call(executions.get(task), events.get(task))) {
        assertEquals(
            List.of(List.of((long) task, (long) tasks, 100L * task, 100L)),
            call.finish().success().rows());
      }
      inputs.get(task).close();
    }
  }
}
