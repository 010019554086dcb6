// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.bxl.FrameBuffers;
import io.launchpad.protocol.InboundStream;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/// The frames of one stream between the event loop and the script's thread. What waits in it is
/// bounded by the stream's credit, which a frame gives back when it is taken.
public final class InboundFrames implements PayloadReceiver {
  private final BlockingQueue<Payload> frames = new LinkedBlockingQueue<>();
  private @Nullable InboundStream stream;
  private boolean lastTaken;

  /// The stream whose frames come here; to be called before the first one.
  public void opened(InboundStream opened) {
    stream = opened;
  }

  /// Memory of just this size: the protocol's pool reserves memory for many frames, which a parked
  /// satellite would hold for nothing.
  @Override
  public ByteBuf allocate(int bytes) {
    return Unpooled.directBuffer(bytes, bytes);
  }

  @Override
  public void received(Payload payload) {
    frames.add(payload);
  }

  /// The next frame; waits for it. To be called by one thread.
  ///
  /// @return null after the last one
  @Nullable ArrowBuf next(BufferAllocator allocator) throws InterruptedIOException {
    if (lastTaken) {
      return null;
    }
    Payload payload;
    try {
      payload = frames.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for an input");
    }
    lastTaken = payload.last();
    ByteBuf bytes = payload.bytes().retain();
    // The vectors made of the frame keep its memory; what bounds them is the script's business.
    payload.close();
    int length = bytes.readableBytes();
    ArrowBuf frame =
        FrameBuffers.wrap(allocator, bytes.nioBuffer(bytes.readerIndex(), length), bytes::release);
    frame.writerIndex(length);
    return frame;
  }

  /// Wants nothing more: the sender may stop.
  void discard() {
    if (stream != null && !lastTaken) {
      stream.discard();
    }
  }
}
