// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptInput;
import io.launchpad.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Java scripts read, write and print.
@Timeout(300)
final class JavaScriptTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS);
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static Outcome run(String body, ScriptInput... inputs) {
    return engine.run(JavaRuntime.request(JavaRuntime.main(body)).build(), inputs);
  }

  @Test
  void rows_goThroughEachView() throws Exception {
    for (String body :
        List.of(
            """
            try (var out = call.output().rows(Columns.int64("id"), Columns.float64("value"))) {
              for (Row row : call.input().rows()) {
                out.add(row.getLong("id"), row.getDouble("value"));
              }
            }
            """,
            """
            var table = call.input().table();
            call.output().columns()
                .add("id", table.column("id").longs())
                .add("value", table.column("value").doubles())
                .write();
            """,
            """
            try (var reader = call.input().reader()) {
              while (reader.loadNextBatch()) {
                var rows = reader.getVectorSchemaRoot();
                call.output().write(new org.apache.arrow.vector.VectorSchemaRoot(
                    java.util.List.of(rows.getVector("id"), rows.getVector("value"))));
              }
            }
            """)) {
      try (var rows = new GeneratedRows(engine.allocator(), 0, 150_000, 10, 40_000)) {
        var result = run(body, rows.input()).success();
        assertEquals(150_000, result.rows().size(), body);
        assertEquals(List.of(0L, 0.0), result.rows().getFirst());
        assertEquals(List.of(149_999L, 74_999.5), result.rows().getLast());
      }
    }
  }

  @Test
  void wholeReader_isWrittenAsItComes() throws Exception {
    try (var rows = GeneratedRows.count(engine, 300_000)) {
      var result = run("call.output().write(call.input().reader());", rows.input()).success();
      assertEquals(300_000, result.rows().size());
      assertEquals(List.of(299_999L, 0L, 149_999.5), result.rows().getLast());
    }
  }

  @Test
  void inputs_haveTheirNames() throws Exception {
    try (var one = new GeneratedRows(engine.allocator(), 0, 3, 10, 10);
        var two = new GeneratedRows(engine.allocator(), 100, 2, 10, 10)) {
      var result =
          run(
                  """
                  long sum = 0;
                  for (Row row : call.input("Second").rows()) sum += row.getLong("id");
                  System.out.print(call.input().name() + " " + call.inputs().size() + " "
                      + call.input("First").table().rowCount() + " " + sum);
                  """,
                  ScriptInput.of("First", one),
                  ScriptInput.of("Second", two))
              .success();
      assertEquals("First 2 3 201", result.printed());
    }
  }

  @Test
  void inputThatIsMissing_isEmptyOrNamed() {
    assertEquals(
        "InputDataSet 0 0",
        run("System.out.print(call.input().name() + ' ' + call.input().table().rowCount() + ' ' + call.input().schema().getFields().size());"
                .replace("' '", "\" \""))
            .success()
            .printed());
    var error = run("call.input(\"Nowhere\");").failed(ErrorCode.SCRIPT_ERROR);
    assertTrue(
        error.message().contains("no input 'Nowhere'; there are [InputDataSet]"), error.message());
  }

  @Test
  void columnThatIsMissing_isNamed() throws Exception {
    try (var rows = GeneratedRows.count(engine, 3)) {
      var error =
          run("call.input().table().column(\"nope\");", rows.input())
              .failed(ErrorCode.SCRIPT_ERROR);
      assertTrue(
          error.message().contains("no column 'nope'; there are [id, part, value]"),
          error.message());
    }
  }

  private static VectorSchemaRoot parameters() {
    var number =
        new IntVector(parameter("number", new ArrowType.Int(32, true), "in"), engine.allocator());
    number.setSafe(0, 20);
    var text =
        new VarCharVector(parameter("text", ArrowType.Utf8.INSTANCE, "inout"), engine.allocator());
    text.setNull(0);
    var total =
        new IntVector(parameter("total", new ArrowType.Int(32, true), "out"), engine.allocator());
    total.setNull(0);
    List<FieldVector> vectors = List.of(number, text, total);
    vectors.forEach(vector -> vector.setValueCount(1));
    return new VectorSchemaRoot(vectors);
  }

  private static Field parameter(String name, ArrowType type, String direction) {
    return new Field(
        name, new FieldType(true, type, null, Map.of("launchpad:direction", direction)), List.of());
  }

  @Test
  void parameters_goInAndOut() throws Exception {
    String script =
        JavaRuntime.main(
            """
            var p = call.parameters();
            System.out.print(p.names() + " " + p.getInt("NUMBER") + " " + p.isNull("text"));
            p.set("Total", p.getInt("number") + 22L);
            p.set("text", "grüße");
            """);
    try (var parameters = parameters();
        var call = engine.start(JavaRuntime.request(script).build(), List.of(), parameters)) {
      assertEquals("[number, text, total] 20 true", call.finish().success().printed());
      assertEquals(Map.of("text", "grüße", "total", "42"), call.outputParameters());
    }
  }

  @Test
  void parameters_mayBeGivenBackAsNull() throws Exception {
    try (var parameters = parameters();
        var call =
            engine.start(
                JavaRuntime.request(JavaRuntime.main("call.parameters().set(\"total\", null);"))
                    .build(),
                List.of(),
                parameters)) {
      var _ = call.finish().success();
      assertEquals(Map.of("text", "null", "total", "null"), call.outputParameters());
    }
  }

  @Test
  void parameterThatIsNotAssignedOrDoesNotFit_isNamed() throws Exception {
    assertEquals(
        "the script did not assign the output parameter @total",
        failure("").failed(ErrorCode.RESULT_MISSING).message());
    assertTrue(
        failure("call.parameters().set(\"total\", 1L << 40);")
            .failed(ErrorCode.PARAMETER)
            .message()
            .startsWith("@total: 1099511627776 does not fit"));
    assertTrue(
        failure("call.parameters().set(\"number\", 1);")
            .failed(ErrorCode.SCRIPT_ERROR)
            .message()
            .contains("@number is not declared OUTPUT"));
  }

  private static Outcome failure(String body) throws Exception {
    try (var parameters = parameters();
        var call =
            engine.start(
                JavaRuntime.request(JavaRuntime.main(body)).build(), List.of(), parameters)) {
      return call.finish();
    }
  }

  @Test
  void prints_areHeardWhileTheScriptRuns() throws Exception {
    var gate = new CountDownLatch(1);
    String script =
        JavaRuntime.main(
            """
            System.out.println("running=yes");
            System.err.println("late=äöü😀");
            System.out.print(call.input().table().rowCount());
            """);
    try (var rows = GeneratedRows.held(engine, 10, gate);
        Call call =
            engine.start(JavaRuntime.request(script).build(), List.of(rows.input()), null)) {
      assertEquals("yes", call.events().awaitPrinted("running"));
      assertEquals("äöü😀", call.events().awaitPrinted("late"));
      gate.countDown();
      assertEquals("running=yes\nlate=äöü😀\n20", call.finish().success().printed());
    }
  }

  @Test
  void printsBeyondTheLimit_areCountedAndDropped() {
    var limits = new io.launchpad.protocol.Execute.RequestLimits(0, 0, 0, 0, 100, 0);
    var request =
        JavaRuntime.request(
                JavaRuntime.main("for (int i = 0; i < 1000; i++) System.out.println(i);"))
            .limits(limits)
            .build();
    assertEquals(100, engine.run(request).success().printed().length());
  }

  @Test
  void chunks_findTheObjectOfTheChunkBefore() throws Exception {
    String script =
        """
        import io.launchpad.sdk.*;

        public class Counting implements Executor, AutoCloseable {
          private long seen;

          public void execute(Call call) throws Exception {
            int rows = call.input().table().rowCount();
            seen += rows;
            call.output().columns().add("run", new long[] {call.session().run()})
                .add("rows", new int[] {rows}).add("seen", new long[] {seen}).write();
          }

          public void close() {
            System.out.print("closed after " + seen);
          }
        }
        """;
    try (var rows = new GeneratedRows(engine.allocator(), 0, 10_500, 1_000, 700)) {
      var result =
          engine
              .run(JavaRuntime.request(script).rowsPerRead(4_000).build(), rows.input())
              .success();
      assertEquals(
          List.of(
              List.of(0L, 4_000, 4_000L), List.of(1L, 4_000, 8_000L), List.of(2L, 2_500, 10_500L)),
          result.rows());
      assertEquals("closed after 10500", result.printed());
      assertEquals(3, result.result().runs());
    }
  }

  @Test
  void partitions_areCutWhereTheirColumnChanges() throws Exception {
    String script =
        JavaRuntime.main(
            """
            var part = call.input().table().column("part");
            call.output().columns().add("part", new long[] {part.getLong(0)})
                .add("last", new long[] {part.getLong(part.size() - 1)})
                .add("rows", new int[] {part.size()}).write();
            """);
    try (var input = new GeneratedRows(engine.allocator(), 0, 19_500, 1_000, 700)) {
      var result =
          engine
              .run(
                  JavaRuntime.request(script).partitionColumns(List.of("part")).build(),
                  input.input())
              .success();
      var expected = new ArrayList<List<Object>>();
      for (long part = 0; part < 20; part++) {
        expected.add(List.of(part, part, part == 19 ? 500 : 1_000));
      }
      assertEquals(expected, result.rows());
    }
  }

  @Test
  void session_isWhatTheRequestSays() {
    var request =
        JavaRuntime.request(
                JavaRuntime.main(
                    """
                    var s = call.session();
                    System.out.print(s.engineId() + " " + s.principal() + " " + s.runtime() + " " + s.task()
                        + "/" + s.tasks() + " " + s.timeZone() + " " + java.util.TimeZone.getDefault().getID()
                        + " " + s.labels());
                    """))
            .timeZone("Europe/Berlin")
            .labels(Map.of("job", "7"))
            .build();
    assertEquals(
        "test alice java 0/1 Europe/Berlin Europe/Berlin {job=7}",
        engine.run(request).success().printed());
  }

  /// Heap and processors of a virtual machine are its resource pool's share.
  @Test
  void virtualMachine_hasTheShareOfItsResourcePool() {
    var request =
        JavaRuntime.request(
                JavaRuntime.main(
                    """
                    System.out.print(Runtime.getRuntime().availableProcessors() + " "
                        + (Runtime.getRuntime().maxMemory() >> 20));
                    """))
            .resourcePool("small")
            .build();
    String[] printed = engine.run(request).success().printed().split(" ", 2);
    assertEquals("1", printed[0]);
    int heap = Integer.parseInt(printed[1]);
    assertTrue(heap > 100 && heap <= 256 * 60 / 100 + 1, printed[1] + " MiB");
  }

  @Test
  void jarOfTheRequest_bringsTheClass() throws Exception {
    var bytes =
        JavaRuntime.jar(
            "library.Greeting",
            """
            package library;
            public class Greeting implements io.launchpad.sdk.Executor {
              public void execute(io.launchpad.sdk.Call call) {
                System.out.print("greetings with " + call.parameters().names());
              }
            }
            """);
    var jar =
        new org.apache.arrow.vector.VarBinaryVector(
            parameter("java_jar", ArrowType.Binary.INSTANCE, "in"), engine.allocator());
    jar.setSafe(0, bytes);
    jar.setValueCount(1);
    try (var parameters = new VectorSchemaRoot(List.<FieldVector>of(jar));
        var call =
            engine.start(JavaRuntime.request("library.Greeting").build(), List.of(), parameters)) {
      assertEquals("greetings with []", call.finish().success().printed());
    }
  }
}
