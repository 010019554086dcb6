// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.bxl.FrameBuffers;
import io.launchpad.bxl.FrameSource;
import io.launchpad.protocol.Payload;
import io.launchpad.protocol.PayloadReceiver;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/// The frames of one output between the event loop and the thread that reads them. What it holds is
/// bounded by the stream's credit, which is given back frame by frame as they are taken.
final class OutputQueue implements FrameSource, PayloadReceiver {
  /// Schema, one batch, end, and dictionaries: more frames of a row wait for credit like any
  /// others.
  private static final int FRAMES_KEPT_MAX = 16;

  private final BufferAllocator allocator;
  private final boolean kept;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Payload> frames = new ArrayDeque<>();
  private boolean ended;
  private boolean closed;
  private @Nullable ScriptException failure;
  private long framesReceived;
  private long bytesReceived;

  /// Makes a queue.
  ///
  /// @param kept whether the whole stream is kept until the execution has ended, as output
  ///   parameters are: their one row is bounded by the longest frame, not by the credit
  OutputQueue(BufferAllocator allocator, boolean kept) {
    this.allocator = allocator;
    this.kept = kept;
  }

  @Override
  public void received(Payload payload) {
    lock.lock();
    try {
      framesReceived++;
      bytesReceived += payload.bytes().readableBytes();
      ended |= payload.last();
      if (closed || failure != null) {
        payload.close();
      } else {
        frames.add(payload);
        if (kept && framesReceived <= FRAMES_KEPT_MAX) {
          payload.grant();
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Nothing that came is of use: the execution has failed.
  void fail(ScriptException cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
        drop();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether the whole stream has come, and as much of it as the server says.
  boolean isComplete(long expectedFrames, long expectedBytes) {
    lock.lock();
    try {
      return ended && framesReceived == expectedFrames && bytesReceived == expectedBytes;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable ArrowBuf next() throws ScriptException {
    Payload payload = take();
    if (payload == null) {
      return null;
    }
    try (payload) {
      ByteBuf bytes = payload.bytes().retain();
      int length = bytes.readableBytes();
      try {
        ArrowBuf frame =
            FrameBuffers.wrap(
                allocator, bytes.nioBuffer(bytes.readerIndex(), length), bytes::release);
        frame.writerIndex(length);
        return frame;
      } catch (RuntimeException e) {
        bytes.release();
        throw e;
      }
    }
  }

  private @Nullable Payload take() throws ScriptException {
    lock.lock();
    try {
      while (frames.isEmpty()) {
        if (failure != null) {
          throw failure.again();
        }
        if (ended || closed) {
          return null;
        }
        changed.awaitUninterruptibly();
      }
      return frames.remove();
    } finally {
      lock.unlock();
    }
  }

  /// Reads no more; what still comes is dropped and its credit given back, so that the script can
  /// end.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      drop();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void drop() {
    Payload payload;
    while ((payload = frames.poll()) != null) {
      payload.close();
    }
  }
}
