// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the data path costs: copies in user space, and buffers that stay behind.
@Timeout(60)
class DataPathTest {
  private static final int FRAME = 4 << 20;
  private static final int FRAMES = 50;

  private final BlockingQueue<Payload> arrived = new LinkedBlockingQueue<>();

  private Ends receiving() throws IOException {
    return receiving(Ends.open());
  }

  private Ends receiving(Ends ends) {
    return ends.onServer((connection, message) -> {
      if (message instanceof Execute) {
        connection.openInbound(InboundSpec.frames(1, FRAME), arrived::add);
      }
    });
  }

  private void send(Ends ends) throws Exception {
    Connection connection = ends.connected(new RecordingHandler());
    OutboundStream input = ConnectionTest.open(connection, 1);
    connection.send(Ends.request());
    ByteBuf frame = Frames.bxl(FRAME, false);
    for (int i = 0; i < FRAMES; i++) {
      var sent = input.send(List.of(frame.retainedSlice()));
      arrived.take().close();
      sent.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
    assertEquals(1, frame.refCnt());
    frame.release();
  }

  @Test
  void payload_isWrittenByTheSocketToItsFinalPlace() throws Exception {
    try (Ends ends = receiving()) {
      send(ends);
      Connection server = ends.accepted.take();
      long sent = (long) FRAME * FRAMES;
      // Beside the kernel's own copy only what came with a header through the lookahead is copied:
      // at most one lookahead a fragment, and the last bytes of a fragment.
      assertTrue(server.bytesDirect() >= sent * 97 / 100, server.bytesDirect() + " of " + sent);
      assertTrue(server.bytesCopied() <= sent * 3 / 100, server.bytesCopied() + " of " + sent);
    }
  }

  @Test
  void payload_arrivesWithoutNativeEpollToo() throws Exception {
    NetworkLoops nio = NetworkLoops.nio("nio", 2);
    try (Ends ends = receiving(Ends.open(nio, 10))) {
      send(ends);
      assertTrue(ends.accepted.take().bytesDirect() > (long) FRAME * FRAMES / 2);
    }
  }

  @Test
  void nothing_isLeftWhenConnectionsBreakInTheMiddle() throws Exception {
    for (int round = 0; round < 20; round++) {
      ByteBuf one = Frames.bxl(FRAME, false);
      ByteBuf two = Frames.bxl(FRAME, false);
      try (Ends ends = receiving()) {
        Connection connection = ends.connected(new RecordingHandler());
        OutboundStream input = ConnectionTest.open(connection, 1);
        connection.send(Ends.request());
        input.send(List.of(one));
        input.send(List.of(two));
        arrived.take().close();
        (round % 2 == 0 ? connection : ends.accepted.take()).close();
        ends.server.awaitClosed();
      }
      Payload late;
      while ((late = arrived.poll()) != null) {
        late.close();
      }
      assertEquals(0, one.refCnt());
      assertEquals(0, two.refCnt());
    }
    assertEquals(0, FrameMemory.buffersInUse());
  }
}
