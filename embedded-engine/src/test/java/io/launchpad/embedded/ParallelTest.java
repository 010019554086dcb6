// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.DelegatingReader;
import io.launchpad.embedded.script.ScriptCall;
import io.launchpad.embedded.script.ScriptFailedException;
import io.launchpad.embedded.script.ScriptRunner;
import io.launchpad.embedded.type.FixedType;
import io.launchpad.embedded.type.SqlValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls with `@parallel = 1`.
class ParallelTest {

  private static final String EXEC =
      "EXEC sp_execute_external_script N'Python', N's', @parallel = 1, @input_data_1 = ";

  private final EngineFixture fixture =
      new EngineFixture(new EngineConfig(Optional.empty(), 4, 1, Optional.empty()));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void parallel_givesResultsInTheOrderOfTheRows() {
    Recorder recorder = fixture.run(EXEC + "N'select i from range(300000) r(i)'");
    List<List<Object>> rows = recorder.rows();
    assertEquals(300_000, rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertEquals((long) i, rows.get(i).getFirst());
    }
  }

  @Test
  void parallel_runsItsTasksAtTheSameTimeOverAllRowsOnce() {
    var together = new CyclicBarrier(4);
    var tasks = new AtomicInteger();
    fixture.runner.script =
        (_, input, _) ->
            new DelegatingReader(fixture.allocator, input.orElseThrow()) {
              private final int task = tasks.getAndIncrement();

              @Override
              public boolean loadNextBatch() throws IOException {
                try {
                  if (task >= 0) {
                    together.await();
                  }
                } catch (Exception e) {
                  throw new IOException(e);
                }
                return super.loadNextBatch();
              }
            };
    assertEquals(4_000, fixture.run(EXEC + "N'select i from range(4000) r(i)'").rows().size());
    assertEquals(4, tasks.get());
  }

  @Test
  void parallel_neverSplitsAPartition() {
    var partitions = new ArrayList<Set<Long>>();
    fixture.runner.script =
        (_, input, _) -> {
          var seen = new HashSet<Long>();
          partitions.add(seen);
          return new DelegatingReader(fixture.allocator, input.orElseThrow()) {
            @Override
            public boolean loadNextBatch() throws IOException {
              boolean more = super.loadNextBatch();
              if (more) {
                var keys = (BigIntVector) getVectorSchemaRoot().getVector(0);
                for (int i = 0; i < getVectorSchemaRoot().getRowCount(); i++) {
                  seen.add(keys.isNull(i) ? -1 : keys.get(i));
                }
              }
              return more;
            }
          };
        };
    Recorder recorder =
        fixture.run(
            EXEC
                + "N'select nullif(i % 7, 3) as k, i from range(10000) r(i)',"
                + " @input_data_1_partition_by_columns = N'k'");
    assertEquals(10_000, recorder.rows().size());
    assertEquals(7, partitions.stream().mapToInt(Set::size).sum());
    assertTrue(partitions.size() > 1);
  }

  @Test
  void parallel_isOneTaskForFewOrNoRowsAndInATransaction() {
    assertEquals(List.of(), fixture.run(EXEC + "N'select 1 as a where false'").rows());
    assertEquals(
        List.of("a"),
        fixture.run(EXEC + "N'select 1 as a where false'").results.getFirst().names());
    assertEquals(
        List.of(List.of(1L)), fixture.run("begin tran " + EXEC + "N'select 1 as a' commit").rows());
  }

  @Test
  void parallel_failsWithError58018WhenOutputParametersDiffer() {
    var task = new AtomicInteger();
    FakeRunner.Script identity = FakeRunner.identity(fixture.allocator);
    fixture.runner.script =
        new FakeRunner.Script() {
          @Override
          public ArrowReader run(
              ScriptCall call, Optional<ArrowReader> input, ScriptRunner.Printer printer)
              throws IOException {
            return identity.run(call, input, printer);
          }

          @Override
          public Map<String, SqlValue> outputs(ScriptCall call) {
            return Map.of("n", new SqlValue(FixedType.BIGINT, (long) task.getAndIncrement()));
          }
        };
    String call = EXEC + "N'select i from range(100) r(i)', @params = N'@n int output', @n = 1";
    assertEquals(58018, fixture.fail(call).number());
  }

  @Test
  void parallel_failsWithError58012WhenTasksReturnDifferentColumns() {
    var tasks = new AtomicInteger();
    fixture.runner.script =
        (_, _, _) ->
            Rows.of(
                fixture.allocator,
                List.of(
                    Field.nullable(
                        "a", new ArrowType.Int(tasks.getAndIncrement() == 0 ? 32 : 64, true))));
    assertEquals(58012, fixture.fail(EXEC + "N'select i from range(4000) r(i)'").number());
  }

  @Test
  void parallel_failsAsAWholeWhenOneTaskFails() {
    var task = new AtomicInteger();
    FakeRunner.Script identity = FakeRunner.identity(fixture.allocator);
    fixture.runner.script =
        (call, input, printer) -> {
          if (task.getAndIncrement() == 2) {
            throw new ScriptFailedException(39004, "third", "");
          }
          return identity.run(call, input, printer);
        };
    fixture.run("create table t (a bigint)");
    assertEquals(
        39004,
        fixture.fail("insert into t " + EXEC + "N'select i from range(100000) r(i)'").number());
    assertEquals(List.of(List.of(0L)), fixture.run("select count(*) from t").rows());
  }
}
