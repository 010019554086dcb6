// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Transport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of executions when their client is closed, whatever they are at.
@Timeout(60)
class ClientCloseTest {
  private static final int CONNECTIONS = 4;

  private final BufferAllocator allocator = new RootAllocator();
  private FakeServer server;
  private LaunchpadClient client;

  @BeforeEach
  void open() throws IOException {
    server = new FakeServer();
    client = client(server.transport);
  }

  private LaunchpadClient client(Transport transport) {
    return LaunchpadClient.open(
        ClientConfig.of(transport)
            .withConnectionsMax(CONNECTIONS)
            .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30)),
        allocator);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    assertEquals(0, allocator.getAllocatedMemory());
    allocator.close();
  }

  private Execution start(String script) throws ScriptException {
    return client.execute(ScriptRequest.builder("alice", "Fake", script).build(), List.of());
  }

  private static void assertClosed(Execution run) {
    ExecutionException failure =
        assertThrows(
            ExecutionException.class,
            () -> run.result().toCompletableFuture().get(10, TimeUnit.SECONDS));
    ScriptInternalException cause =
        (ScriptInternalException) assertThrows(ScriptException.class, run::await);
    assertTrue(failure.getCause() instanceof ScriptInternalException);
    assertEquals(ErrorCode.CONNECTION_LOST, cause.code());
    assertEquals("the client was closed", cause.error().message());
  }

  @Test
  void close_failsExecutionsThatRun() throws Exception {
    List<Execution> running = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      running.add(start("hang"));
    }
    client.close();
    for (Execution run : running) {
      assertClosed(run);
      run.close();
    }
  }

  @Test
  void close_failsExecutionsInTheMiddleOfTheirData() throws Exception {
    try (ArrowReader input = Tables.counting(allocator, 1_000, 50_000)) {
      Execution run =
          client.execute(
              ScriptRequest.builder("alice", "Fake", "echo").build(),
              List.of(ScriptInput.of("i", input)));
      assertTrue(run.outputs().getFirst().loadNextBatch());
      client.close();
      assertClosed(run);
      run.close();
    }
  }

  @Test
  void close_failsTheExitReportThatIsAwaited() throws Exception {
    Execution run =
        client.execute(
            ScriptRequest.builder("alice", "Fake", "fail").reportExit(true).build(), List.of());
    assertThrows(ScriptUserException.class, run::await);
    client.close();
    assertThrows(
        ExecutionException.class,
        () -> run.exited().toCompletableFuture().get(10, TimeUnit.SECONDS));
    run.close();
  }

  @Test
  void execute_saysThatTheClientIsClosed() {
    client.close();
    ScriptException failure = assertThrows(ScriptException.class, () -> start("hang"));
    assertEquals("the client is closed", failure.error().message());
  }

  @Test
  void execute_saysThatTheClientIsClosedWhileItWaitedForAConnection() throws Exception {
    List<Execution> running = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      running.add(start("hang"));
    }
    var failure = new CompletableFuture<ScriptException>();
    Thread waiting = executing(failure);
    awaitState(waiting, Thread.State.TIMED_WAITING);
    client.close();
    assertEquals("the client is closed", failure.get(10, TimeUnit.SECONDS).error().message());
    running.forEach(Execution::close);
  }

  @Test
  void execute_saysThatTheClientIsClosedWhileItConnected(@TempDir Path folder) throws Exception {
    client.close();
    var address = UnixDomainSocketAddress.of(folder.resolve("silent"));
    try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(address);
      client = client(new Transport.Unix(address.getPath()));
      var failure = new CompletableFuture<ScriptException>();
      Thread connecting = executing(failure);
      try (SocketChannel _ = silent.accept()) {
        awaitState(connecting, Thread.State.TIMED_WAITING);
        client.close();
        assertEquals("the client is closed", failure.get(10, TimeUnit.SECONDS).error().message());
      }
    }
  }

  @Test
  void executionsEndWhenTheClientIsClosedBetweenAnyTwoOfTheirSteps() throws Exception {
    List<CompletableFuture<ScriptException>> failures = new ArrayList<>();
    for (int i = 0; i < 2 * CONNECTIONS; i++) {
      var failure = new CompletableFuture<ScriptException>();
      failures.add(failure);
      executing(failure);
    }
    // As soon as one runs; the others are anywhere.
    server.requests.take();
    client.close();
    for (var failure : failures) {
      String message = failure.get(10, TimeUnit.SECONDS).error().message();
      assertTrue(
          message.equals("the client was closed") || message.equals("the client is closed"),
          message);
    }
  }

  @Test
  void cancelAndClose_areHarmlessWhenTheClientIsClosed() throws Exception {
    Execution run = start("hang");
    client.close();
    run.cancel("too late");
    run.close();
    run.cancel("much too late");
    assertClosed(run);
  }

  /// Executes until it fails, on a thread of its own.
  private Thread executing(CompletableFuture<ScriptException> failure) {
    return Thread.ofPlatform()
        .start(() -> {
          try (Execution run = start("hang")) {
            run.await();
            failure.completeExceptionally(new AssertionError("it did not fail"));
          } catch (ScriptException e) {
            failure.complete(e);
          } catch (RuntimeException | Error e) {
            failure.completeExceptionally(e);
          }
        });
  }

  private static void awaitState(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      assertTrue(thread.isAlive());
      Thread.onSpinWait();
    }
  }
}
