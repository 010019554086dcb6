// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests that wait: one place, taken by a session that runs until it is cancelled.
final class AdmissionTest {
  private static final int QUEUE_MAX = 4;

  private ServiceUnderTest service;
  private Engine engine;
  private Call holder;

  @BeforeEach
  void takeTheOnlyPlace() throws Exception {
    service =
        ServiceUnderTest.start(
            Settings.NONE
                .with("pool.sessions-max", 1)
                .with("pool.sessions-per-identity-max", 1)
                .with("pool.queue-max", QUEUE_MAX)
                .with("pool.queue-per-identity-max", QUEUE_MAX)
                .with("pool.queue-wait", "10s"));
    engine = Engine.of(service.transport());
    holder = engine.start(Engine.request("import time\nwhile True: time.sleep(1000)").build());
    var _ = holder.events().awaitStarted();
  }

  @AfterEach
  void end() throws Exception {
    holder.close();
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private void release() {
    holder.execution().cancel("makes room");
    holder.finish().cancelled();
  }

  private static ScriptRequest of(String principal) {
    return ScriptRequest.builder(principal, "Python", "x = 1").build();
  }

  @Test
  void deadline_endsARequestThatWaits() {
    // Whoever notices first, the session or the pool.
    for (int i = 0; i < 10; i++) {
      ErrorInfo error =
          engine
              .run(Engine.request("x = 1").deadline(Duration.ofMillis(100)).build())
              .failed(ErrorCode.DEADLINE_EXCEEDED);
      assertTrue(error.retrySafe());
    }
  }

  @Test
  void cancel_endsARequestThatWaits() throws Exception {
    try (Call waiting = engine.start(of("bob"))) {
      waiting.events().awaitQueued();
      waiting.execution().cancel("no patience");
      waiting.finish().cancelled();
    }
    release();
    engine.run("x = 1").success();
  }

  @Test
  void fullQueue_refusesAtOnceAndTheRestIsServedInTurn() throws Exception {
    var waiting = new ArrayList<Call>();
    for (int i = 0; i < QUEUE_MAX; i++) {
      Call call = engine.start(of("alice"));
      call.events().awaitQueued();
      waiting.add(call);
    }
    ErrorInfo error = engine.run(of("alice")).failed(ErrorCode.QUEUE_FULL);
    assertTrue(error.retrySafe());
    assertEquals(QUEUE_MAX, service.monitoring().metric("launchpad_pool_waiting"));
    release();
    for (Call call : waiting) {
      call.finish().success();
      call.close();
    }
  }

  @Test
  void identities_takeTurns() throws Exception {
    var order = new CopyOnWriteArrayList<String>();
    var waiting = new ArrayList<Call>();
    for (String principal : List.of("alice", "alice", "alice", "bob")) {
      Call call = engine.start(of(principal));
      call.events().awaitQueued();
      var _ = call.execution().result().thenRun(() -> order.add(principal));
      waiting.add(call);
    }
    release();
    for (Call call : waiting) {
      call.finish().success();
    }
    CompletableFuture.allOf(
            waiting.stream()
                .map(call -> call.execution().result().toCompletableFuture())
                .toArray(CompletableFuture[]::new))
        .join();
    waiting.forEach(Call::close);
    // Alice held the place before: Bob, though last to come, need not wait for all of hers.
    assertTrue(order.indexOf("bob") < 2, "served in this order: " + order);
  }

  @Test
  void queueTimeout_namesTheCounts() {
    ErrorInfo error = engine.run(of("bob")).failed(ErrorCode.QUEUE_TIMEOUT);
    assertTrue(error.retrySafe());
    assertTrue(error.message().contains("leased=1, starting=0"), error.message());
  }
}
