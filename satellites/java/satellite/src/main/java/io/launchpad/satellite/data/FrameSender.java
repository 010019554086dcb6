// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.FrameSink;
import io.launchpad.protocol.OutboundStream;
import io.launchpad.protocol.SendOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Sends BXL frames on one stream, holding the script back while more than a few are under way.
/// Bodies are not copied.
final class FrameSender implements FrameSink {
  private static final int UNDER_WAY_MAX = 2;

  private final OutboundStream stream;
  private final Deque<CompletableFuture<SendOutcome>> underWay = new ArrayDeque<>();
  private boolean discarded;

  FrameSender(OutboundStream stream) {
    this.stream = stream;
  }

  int number() {
    return stream.number();
  }

  @Override
  public void accept(BxlFrame frame) throws IOException {
    if (discarded) {
      frame.close();
      return;
    }
    CompletableFuture<SendOutcome> sent = stream.send(buffers(frame)).toCompletableFuture();
    var _ = sent.whenComplete((_, _) -> frame.close());
    underWay.add(sent);
    await(UNDER_WAY_MAX);
  }

  /// Waits until all frames have left, and with them the memory they share.
  void drain() throws IOException {
    await(0);
  }

  private void await(int most) throws IOException {
    while (underWay.size() > most) {
      try {
        discarded |= underWay.element().get() == SendOutcome.DISCARDED;
        underWay.remove();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while sending an output");
      } catch (ExecutionException e) {
        throw new IOException("the connection was lost", e.getCause());
      }
    }
  }

  private static List<ByteBuf> buffers(BxlFrame frame) {
    List<ByteBuf> buffers = new ArrayList<>();
    for (ByteBuffer piece : frame.buffers()) {
      if (piece.isDirect()) {
        buffers.add(Unpooled.wrappedBuffer(piece));
      } else {
        // Header and metadata: a few hundred bytes that the socket needs in direct memory.
        buffers.add(
            PooledByteBufAllocator.DEFAULT.directBuffer(piece.remaining()).writeBytes(piece));
      }
    }
    return buffers;
  }
}
