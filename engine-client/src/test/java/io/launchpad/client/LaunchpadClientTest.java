// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LaunchpadClientTest {
  private final BufferAllocator allocator = new RootAllocator();
  private FakeServer server;
  private LaunchpadClient client;

  @BeforeEach
  void open() throws IOException {
    server = new FakeServer();
    client = client(Duration.ofSeconds(20));
  }

  private LaunchpadClient client(Duration answer) {
    return LaunchpadClient.open(
        ClientConfig.of(server.transport)
            .withConnectionsMax(4)
            .withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(500), answer),
        allocator);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    // Every buffer of every test has been given back.
    assertEquals(0, allocator.getAllocatedMemory());
    allocator.close();
  }

  private static ScriptRequestBuilder request(String script) {
    return ScriptRequest.builder("alice", "Fake", script);
  }

  private static long check(ArrowReader output) throws IOException {
    VectorSchemaRoot root = output.getVectorSchemaRoot();
    long expected = 0;
    while (output.loadNextBatch()) {
      var n = (BigIntVector) root.getVector("n");
      var text = (VarCharVector) root.getVector("text");
      for (int i = 0; i < root.getRowCount(); i++) {
        assertEquals(expected, n.get(i));
        if (!text.isNull(i)) {
          assertEquals(Long.toString(expected), text.getObject(i).toString());
        }
        expected++;
      }
    }
    return expected;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void execute_bringsBackWhatItSentWhenTheScriptEchoes(boolean large) throws Exception {
    int batches = large ? 40 : 3;
    int rows = large ? 60_000 : 7;
    try (ArrowReader input = Tables.counting(allocator, batches, rows);
        Execution run =
            client.execute(
                request("echo").build(), List.of(ScriptInput.of("InputDataSet", input)))) {
      ArrowReader output = run.outputs().getFirst();
      assertEquals(Tables.SCHEMA, output.getVectorSchemaRoot().getSchema());
      assertEquals((long) batches * rows, check(output));
      ScriptResult result = run.await();
      assertEquals(1, result.runs());
      assertEquals(1, result.outputs().size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 60_000})
  void execute_sendsRowsThatAreThereTogetherWithTheRequest(int rows) throws Exception {
    try (ArrowReader table = Tables.counting(allocator, 1, rows)) {
      boolean _ = table.loadNextBatch();
      VectorSchemaRoot root = table.getVectorSchemaRoot();
      try (Execution run =
          client.execute(request("echo").build(), List.of(ScriptInput.of("InputDataSet", root)))) {
        // What was sent is held until it has left: the caller may let go of its own at once.
        root.clear();
        assertEquals(rows, check(run.outputs().getFirst()));
        run.await();
      }
    }
  }

  @Test
  void execute_freesRowsThatNobodyTakesAnyMore() throws Exception {
    try (ArrowReader table = Tables.counting(allocator, 1, 60_000)) {
      boolean _ = table.loadNextBatch();
      VectorSchemaRoot root = table.getVectorSchemaRoot();
      try (Execution run =
          client.execute(
              request("hang").build(),
              List.of(ScriptInput.of("a", root), ScriptInput.of("b", root)))) {
        run.cancel("not wanted");
      }
    }
    assertEquals(0, allocator.getAllocatedMemory());
  }

  @Test
  void result_lastsUntilTheListenerHasHeardAll_andDependentsHaveThreadsOfTheirOwn()
      throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 1, 1);
        Execution run =
            client.execute(request("echo").build(), List.of(ScriptInput.of("i", input)))) {
      var thread = run.result().thenApply(_ -> Thread.currentThread()).toCompletableFuture();
      assertEquals(1, check(run.outputs().getFirst()));
      assertTrue(thread.get(10, TimeUnit.SECONDS).isVirtual());
    }
  }

  @Test
  void execute_servesSeveralInputsAndOutputsReadOneAfterTheOther() throws Exception {
    try (ArrowReader a = Tables.counting(allocator, 20, 50_000);
        ArrowReader b = Tables.counting(allocator, 20, 50_000);
        Execution run =
            client.execute(
                request("echo")
                    .outputs(
                        ScriptOutput.declared("first", Tables.SCHEMA),
                        ScriptOutput.undeclared("second"))
                    .build(),
                List.of(ScriptInput.of("a", a), ScriptInput.of("b", b)))) {
      assertEquals(1_000_000, check(run.outputs().get(1)));
      assertEquals(1_000_000, check(run.outputs().get(0)));
      run.await();
    }
  }

  @Test
  void execute_reusesTheConnection() throws Exception {
    echoFiveTimes();
    assertEquals(1, server.connections.size());
  }

  private void echoFiveTimes() throws IOException {
    for (int i = 0; i < 5; i++) {
      try (ArrowReader input = Tables.counting(allocator, 1, 10);
          Execution run =
              client.execute(request("echo").build(), List.of(ScriptInput.of("i", input)))) {
        assertEquals(10, check(run.outputs().getFirst()));
        run.await();
      }
    }
  }

  @Test
  void execute_sendsALargeScriptAsAStream() throws Exception {
    String script = "#".repeat(3 << 20);
    try (ArrowReader input = Tables.counting(allocator, 1, 10);
        Execution run =
            client.execute(request(script).build(), List.of(ScriptInput.of("i", input)))) {
      assertEquals(10, check(run.outputs().getFirst()));
      run.await();
      assertTrue(server.requests.take().script() instanceof io.launchpad.protocol.Content.Stream);
    }
  }

  @Test
  void execute_carriesLargeParametersBothWays() throws Exception {
    byte[] text = new byte[20 << 20];
    Arrays.fill(text, (byte) 'x');
    try (VectorSchemaRoot row = Tables.parameters(allocator, text);
        Execution run =
            client.execute(
                request("echo").outputs().build(), List.of(), row, ExecutionListener.NONE)) {
      run.await();
      VectorSchemaRoot back = run.outputParameters().orElseThrow();
      assertEquals(text.length, ((VarCharVector) back.getVector("p")).get(0).length);
    }
  }

  @Test
  void execute_tellsTheListenerInOrderBeforeItCompletes() throws Exception {
    var heard = new ConcurrentLinkedQueue<String>();
    var listener =
        new ExecutionListener() {
          @Override
          public void queued(Message.Queued queued) {
            heard.add("queued");
          }

          @Override
          public void started(Message.Started started) {
            heard.add("started");
          }

          @Override
          public void printed(Message.Output output) {
            heard.add(output.text());
          }
        };
    try (ArrowReader input = Tables.counting(allocator, 1, 10);
        Execution run =
            client.execute(
                request("print").build(), List.of(ScriptInput.of("i", input)), null, listener)) {
      check(run.outputs().getFirst());
      run.await();
      List<String> expected = new ArrayList<>(List.of("queued", "started"));
      for (int i = 0; i < 100; i++) {
        expected.add("line " + i + "\n");
      }
      assertEquals(expected, List.copyOf(heard));
    }
  }

  @Test
  void await_throwsTheErrorOfTheScript() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 100, 10_000);
        Execution run =
            client.execute(request("fail").build(), List.of(ScriptInput.of("i", input)))) {
      ScriptUserException failure = assertThrows(ScriptUserException.class, run::await);
      assertEquals(ErrorCode.SCRIPT_ERROR, failure.code());
      assertEquals(39004, failure.error().code().number());
      assertThrows(ScriptUserException.class, () -> run.outputs().getFirst().loadNextBatch());
    }
  }

  @Test
  void await_failsWhenTotalsDisagree() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 1, 10);
        Execution run =
            client.execute(request("lie").build(), List.of(ScriptInput.of("i", input)))) {
      ScriptInternalException failure = assertThrows(ScriptInternalException.class, run::await);
      assertEquals(ErrorCode.RESULT_INCOMPLETE, failure.code());
    }
  }

  @Test
  void await_failsWhenTheServerVanishes() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 100, 10_000);
        Execution run =
            client.execute(request("vanish").build(), List.of(ScriptInput.of("i", input)))) {
      ScriptInternalException failure = assertThrows(ScriptInternalException.class, run::await);
      assertEquals(ErrorCode.CONNECTION_LOST, failure.code());
    }
  }

  @Test
  void cancel_endsARunningScript() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 1, 10);
        Execution run =
            client.execute(request("hang").build(), List.of(ScriptInput.of("i", input)))) {
      run.cancel("enough");
      var cancelled = assertThrows(ScriptCancelledException.class, run::await);
      assertEquals(ErrorCode.CANCELLED, cancelled.code());
      assertEquals("enough", server.cancels.take().reason());
    }
  }

  @Test
  void close_cancelsWhatNobodyReads() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 1_000, 50_000)) {
      Execution run = client.execute(request("echo").build(), List.of(ScriptInput.of("i", input)));
      assertTrue(run.outputs().getFirst().loadNextBatch());
      run.close();
      assertEquals("the execution was closed", server.cancels.take().reason());
    }
  }

  @Test
  void close_givesUpOnAServerThatDoesNotAnswer() throws Exception {
    client.close();
    client = client(Duration.ofMillis(100));
    try (ArrowReader input = Tables.counting(allocator, 1, 10)) {
      Execution run =
          client.execute(
              request("deaf")
                  .outputs(ScriptOutput.undeclared("a"), ScriptOutput.undeclared("b"))
                  .build(),
              List.of(ScriptInput.of("i", input)));
      run.close();
      assertTrue(run.result().toCompletableFuture().isCompletedExceptionally());
      server.connections.take().closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void deadline_endsAnExecutionThatTheServerForgot() throws Exception {
    client.close();
    client = client(Duration.ofMillis(100));
    try (ArrowReader input = Tables.counting(allocator, 1, 10);
        Execution run =
            client.execute(
                request("hang").deadline(Duration.ofMillis(50)).build(),
                List.of(ScriptInput.of("i", input)))) {
      ScriptResourceException failure = assertThrows(ScriptResourceException.class, run::await);
      assertEquals(ErrorCode.DEADLINE_EXCEEDED, failure.code());
      assertEquals(50, server.requests.take().deadlineMillis());
    }
  }

  @Test
  void execute_failsCleanlyWhenAnInputCannotBeRead() throws Exception {
    assertInputFailure(
        () -> {
          throw new IOException("the disk is on fire");
        },
        "the disk is on fire");
  }

  @Test
  void execute_failsCleanlyWhenReadingAnInputIsADefect() throws Exception {
    assertInputFailure(
        () -> {
          throw new AssertionError("not foreseen");
        },
        "not foreseen");
  }

  /// As when an engine cancels a statement with the query that feeds its script.
  @Test
  void inputThatFailsAfterACancel_leavesTheConnectionToTheAnswer() throws Exception {
    var cancelled = new CountDownLatch(1);
    var pump = new AtomicReference<@Nullable Thread>();
    ArrowReader input =
        reader(() -> {
          pump.set(Thread.currentThread());
          try {
            cancelled.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          throw new IOException("the query was interrupted");
        });
    try (input;
        Execution run =
            client.execute(request("echo").build(), List.of(ScriptInput.of("i", input)))) {
      server.answers.acquire();
      run.cancel("enough");
      cancelled.countDown();
      assertEquals("enough", server.cancels.take().reason());
      Thread reading;
      while ((reading = pump.get()) == null) {
        Thread.onSpinWait();
      }
      reading.join();
      server.answers.release();
      var failure = assertThrows(ScriptCancelledException.class, run::await);
      assertEquals(ErrorCode.CANCELLED, failure.code());
    }
    echoFiveTimes();
    assertEquals(1, server.connections.size());
  }

  /// An input's way to its next batch.
  @FunctionalInterface
  private interface Loading {
    boolean next() throws IOException;
  }

  private ArrowReader reader(Loading loading) {
    return new ArrowReader(allocator) {
      @Override
      public boolean loadNextBatch() throws IOException {
        return loading.next();
      }

      @Override
      public long bytesRead() {
        return 0;
      }

      @Override
      protected void closeReadSource() {}

      @Override
      protected Schema readSchema() {
        return Tables.SCHEMA;
      }
    };
  }

  private void assertInputFailure(Loading loading, String said) throws Exception {
    try (ArrowReader broken = reader(loading);
        Execution run =
            client.execute(request("echo").build(), List.of(ScriptInput.of("i", broken)))) {
      ScriptUserException failure = assertThrows(ScriptUserException.class, run::await);
      assertTrue(failure.error().message().contains(said));
    }
  }

  @Test
  void executeParallel_runsEachTaskOnAConnectionOfItsOwn() throws Exception {
    try (ArrowReader a = Tables.counting(allocator, 2, 10);
        ArrowReader b = Tables.counting(allocator, 3, 10)) {
      List<Execution> runs =
          client.executeParallel(
              request("echo").build(),
              List.of(List.of(ScriptInput.of("i", a)), List.of(ScriptInput.of("i", b))),
              null,
              List.of(ExecutionListener.NONE, ExecutionListener.NONE));
      assertEquals(20, check(runs.get(0).outputs().getFirst()));
      assertEquals(30, check(runs.get(1).outputs().getFirst()));
      for (Execution run : runs) {
        run.await();
        run.close();
      }
      assertEquals(runs.get(0).requestId(), runs.get(1).requestId());
      assertEquals(1, server.requests.take().task() + server.requests.take().task());
    }
  }

  @Test
  void execute_failsWhenEveryConnectionIsInUse() throws Exception {
    List<Execution> running = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      running.add(client.execute(request("hang").build(), List.of()));
    }
    ScriptResourceException failure =
        assertThrows(
            ScriptResourceException.class,
            () -> client.execute(request("hang").build(), List.of()));
    assertEquals(ErrorCode.TOO_MANY_CONNECTIONS, failure.code());
    running.forEach(Execution::close);
    client.execute(request("hang").build(), List.of()).close();
  }

  @Test
  void exited_completesWhenTheRequestAskedForTheReport() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 1, 10);
        Execution run =
            client.execute(
                request("echo").reportExit(true).build(), List.of(ScriptInput.of("i", input)))) {
      check(run.outputs().getFirst());
      run.await();
      assertEquals(
          new ErrorInfo.Exit.Status(0),
          run.exited().toCompletableFuture().get(10, TimeUnit.SECONDS).exit());
    }
  }

  @Test
  void execute_saysWhereNobodyListens() {
    try (var nobody =
        LaunchpadClient.open(
            ClientConfig.of(new Transport.Unix(Path.of("/nowhere/launchpad.sock"))), allocator)) {
      ScriptInternalException failure =
          assertThrows(
              ScriptInternalException.class,
              () -> nobody.execute(request("echo").build(), List.of()));
      assertEquals(ErrorCode.UNREACHABLE, failure.code());
      assertTrue(failure.error().message().contains("/nowhere/launchpad.sock"));
    }
  }

  @Test
  void execute_refusesARequestThatBreaksTheRules() {
    ScriptUserException failure =
        assertThrows(
            ScriptUserException.class,
            () -> client.execute(ScriptRequest.builder("", "Fake", "echo").build(), List.of()));
    assertEquals(ErrorCode.BAD_REQUEST, failure.code());
    assertTrue(failure.error().message().contains("principal"));
  }
}
