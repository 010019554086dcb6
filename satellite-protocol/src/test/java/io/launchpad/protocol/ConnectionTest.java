// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConnectionTest {
  private static final int FRAME_MAX = 64 << 20;

  private final RecordingHandler client = new RecordingHandler();

  @Test
  void connect_bothEndsKnowEachOther() throws Exception {
    try (Ends ends = Ends.open()) {
      PeerInfo server = ends.connected(client).peer();
      assertEquals(Role.LAUNCHPAD, server.role());
      assertEquals("tests", server.engineId());
      assertEquals("test-launchpad", server.launchpadId());
      assertEquals(List.of("Python"), server.languages());
      assertEquals(Role.ENGINE, ends.accepted.take().peer().role());
    }
  }

  @Test
  void session_messagesPassBothWaysInOrder() throws Exception {
    try (Ends ends = Ends.open()) {
      Connection connection = ends.connected(client);
      connection.send(Ends.request());
      assertEquals(Ends.request(), ends.server.next(Execute.class));
      Connection server = ends.accepted.take();
      List<Message> answers =
          List.of(
              new Message.Queued(3, 7),
              new Message.Started("s1", "launchpad01", "python", 10, 20, true),
              new Message.Output(
                  0, Message.OutputChannel.STDOUT, Message.OutputSource.RAW, "héllo\n", 0),
              new Message.Completed(
                  List.of(new Message.StreamTotal(2, 3, 4, 5)),
                  new Message.Times(1, 2, 3, 4, 5),
                  Optional.of(new Message.Usage(1, 2, 3, 4, 5)),
                  Optional.empty(),
                  1));
      answers.forEach(server::send);
      for (Message expected : answers) {
        assertEquals(expected, client.next(Message.class));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {64, 65, 4096, 70_000, 512 << 10, (512 << 10) + 1, 3 << 20, 4 << 20, 20 << 20})
  void data_arrivesContiguousAndAlignedWhateverItsSize(int length) throws Exception {
    BlockingQueue<Payload> arrived = new LinkedBlockingQueue<>();
    try (Ends ends = Ends.open()) {
      ends.onServer((connection, message) ->
          connection.openInbound(InboundSpec.frames(1, FRAME_MAX), arrived::add));
      Connection connection = ends.connected(client);
      OutboundStream input = open(connection, 1);
      connection.send(Ends.request());
      ByteBuf frame = Frames.bxl(length, false);
      byte[] expected = ByteBufUtil.getBytes(frame);
      for (int i = 0; i < 3; i++) {
        var sent =
            input.send(List.of(frame.retainedSlice(0, 20), frame.retainedSlice(20, length - 20)));
        try (Payload payload = arrived.take()) {
          assertTrue(java.util.Arrays.equals(expected, ByteBufUtil.getBytes(payload.bytes())));
          assertEquals(0, payload.bytes().memoryAddress() % 64);
        }
        assertEquals(SendOutcome.WRITTEN, sent.toCompletableFuture().get(10, TimeUnit.SECONDS));
      }
      input.send(List.of(Frames.bxl(64, true)));
      try (Payload end = arrived.take()) {
        assertTrue(end.last());
      }
      assertTrue(frame.release());
    }
  }

  static OutboundStream open(Connection connection, int stream) {
    return CompletableFuture.supplyAsync(
            () -> connection.openOutbound(stream, FrameType.DATA), connection::execute)
        .join();
  }

  @Test
  void ping_isAnswered() throws Exception {
    try (Ends ends = Ends.open()) {
      ends.connected(client).ping().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void close_failsEverythingThatWaits() throws Exception {
    try (Ends ends = Ends.open()) {
      Connection connection = ends.connected(client);
      OutboundStream input = open(connection, 1);
      var sent = input.send(List.of(Frames.bxl(16 << 20, false)));
      ends.accepted.take().close();
      assertEquals(ErrorCode.CONNECTION_LOST, client.awaitClosed().error().code());
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> sent.toCompletableFuture().get());
      assertTrue(failure.getCause() instanceof ProtocolException);
    }
  }
}
