// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NetworkLoopsTest {
  private final RecordingHandler client = new RecordingHandler();

  @Test
  void close_tellsEverybodyAlsoWhenALoopIsBusy() throws Exception {
    BlockingQueue<Payload> held = new LinkedBlockingQueue<>();
    try (Ends ends = Ends.open()) {
      ends.onServer((server, _) -> server.openInbound(InboundSpec.frames(1, 64 << 20), held::add));
      Connection connection = ends.connected(client);
      OutboundStream input = ConnectionTest.open(connection, 1);
      connection.send(Ends.request());
      ByteBuf frame = Frames.bxl(3 << 20, false);
      input.send(List.of(frame.retainedSlice()));
      var waiting = input.send(List.of(frame));
      Payload first = held.take();
      var busy = new CountDownLatch(1);
      var release = new CountDownLatch(1);
      assertTrue(
          connection.execute(() -> {
            busy.countDown();
            await(release);
          }));
      busy.await();
      Thread closing = Thread.ofPlatform().start(ends.loops::close);
      while (closing.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      release.countDown();
      closing.join();
      // At once: whoever closes the loops may rely on it.
      assertTrue(connection.isClosed());
      assertTrue(ends.accepted.take().isClosed());
      assertEquals(ErrorCode.CONNECTION_LOST, client.awaitClosed().error().code());
      assertTrue(waiting.toCompletableFuture().isCompletedExceptionally());
      assertEquals(0, frame.refCnt());
      assertEquals(0, ends.loops.connections());
      first.close();
      assertTrue(held.isEmpty());
    }
  }

  @Test
  void closeConnections_closesThoseThatFollowToo() throws Exception {
    try (Ends ends = Ends.open()) {
      ends.loops.closeConnections(ProtocolException.of(ErrorCode.SHUTTING_DOWN, "for today"));
      CompletableFuture<Connection> late = ends.connect(client).toCompletableFuture();
      assertThrows(ExecutionException.class, () -> late.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void connections_areForgottenWhenTheyEnd() throws Exception {
    try (Ends ends = Ends.open()) {
      Connection connection = ends.connected(client);
      Connection accepted = ends.accepted.take();
      assertEquals(2, ends.loops.connections());
      connection.close();
      for (Connection each : List.of(connection, accepted)) {
        each.channelsClosed().get(10, TimeUnit.SECONDS);
      }
      while (ends.loops.connections() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void execute_saysWhenTheLoopHasEnded() throws Exception {
    try (Ends ends = Ends.open()) {
      Connection connection = ends.connected(client);
      ends.loops.close();
      assertFalse(connection.execute(() -> {}));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
