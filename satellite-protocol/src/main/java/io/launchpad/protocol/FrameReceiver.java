// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The receiving end of one channel: turns bytes into messages and into payload at its final place.
///
/// Bytes reach it in two ways. Small reads go into a *lookahead* buffer and are copied from there;
/// they bring headers, control messages and the first bytes of payloads. Once a payload has memory
/// of its own, [ReceiveAllocator] hands the socket a slice of exactly that memory, so the kernel's
/// copy is the only one. Nothing is ever cumulated.
final class FrameReceiver extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(FrameReceiver.class);
  static final byte[] PREFACE = {0x4C, 0x50, 0x53, 0x50, 0x0D, 0x0A, 0x1A, 0x01};

  /// Below this a payload's rest is read through the lookahead, which brings the next header too.
  private static final int DIRECT_BYTES_MIN = 4 << 10;

  private final ChannelKind kind;
  private final FrameListener listener;
  private final ByteBuf scratch = Unpooled.buffer(Limits.BXL_HEADER_BYTES);

  private State state;
  private int wanted;
  private long sequence;
  private int payloadBytesMax;
  private boolean closed;
  private boolean strange;
  private long bytesCopied;
  private long bytesDirect;

  private @Nullable FrameHeader header;
  private byte[] control = {};
  private int controlFilled;
  private @Nullable ByteBuf target;
  private int remaining;
  private @Nullable ByteBuf handedOut;

  private enum State {
    PREFACE,
    HEADER,
    CONTROL,
    PREFIX,
    PAYLOAD
  }

  FrameReceiver(ChannelKind kind, FrameListener listener) {
    this.kind = kind;
    this.listener = listener;
    payloadBytesMax = kind.hasPreface() ? Limits.HANDSHAKE_PAYLOAD_BYTES : Limits.FRAGMENT_BYTES;
    state = kind.hasPreface() ? State.PREFACE : State.HEADER;
    wanted = kind.hasPreface() ? PREFACE.length : FrameHeader.BYTES;
  }

  /// From now on frames may have the size of their type.
  void handshakeOver() {
    payloadBytesMax = Limits.FRAGMENT_BYTES;
  }

  /// Whether the peer has sent something else than the preface: it would not understand an answer.
  boolean isStrange() {
    return strange;
  }

  /// Payload and control bytes that were copied once more after the kernel's copy.
  long bytesCopied() {
    return bytesCopied;
  }

  /// Payload bytes that the socket wrote to their final place.
  long bytesDirect() {
    return bytesDirect;
  }

  /// The memory the next read should go to, or null for the lookahead.
  @Nullable ByteBuf directTarget() {
    if (state != State.PAYLOAD || target == null || remaining < DIRECT_BYTES_MIN || closed) {
      return null;
    }
    ByteBuf slice = target.retainedSlice(target.writerIndex(), remaining).writerIndex(0);
    handedOut = slice;
    return slice;
  }

  @SuppressWarnings("ReferenceEquality") // This very buffer was handed to the socket.
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (closed) {
        return;
      }
      if (in == handedOut) {
        arrived(in.readableBytes());
      } else {
        read(in);
      }
    } catch (ProtocolException violation) {
      stop();
      listener.failed(violation);
    } finally {
      if (in == handedOut) {
        handedOut = null;
      }
      ReferenceCountUtil.release(in);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stop();
    listener.ended();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    stop();
    if (cause instanceof ProtocolException known) {
      listener.failed(known);
    } else if (isOfTheNetwork(cause)) {
      listener.failed(
          new ProtocolException(
              ErrorInfo.of(ErrorCode.CONNECTION_LOST, "the connection broke: " + cause), cause));
    } else {
      LOG.error("defect while a frame was handled", cause);
      listener.failed(ProtocolException.defect(cause));
    }
  }

  /// Sockets and TLS, in contrast to whoever handles what came.
  private static boolean isOfTheNetwork(Throwable cause) {
    return cause instanceof IOException || cause instanceof DecoderException;
  }

  /// Reads nothing more: what still comes is dropped.
  void stop() {
    closed = true;
    releaseTarget();
  }

  private void releaseTarget() {
    ByteBuf held = target;
    target = null;
    if (held != null) {
      held.release();
    }
  }

  private void read(ByteBuf in) {
    while (in.isReadable() && !closed) {
      switch (state) {
        case PREFACE, HEADER, PREFIX -> {
          int count = Math.min(in.readableBytes(), wanted - scratch.readableBytes());
          scratch.writeBytes(in, count);
          if (scratch.readableBytes() == wanted) {
            scratchFilled();
          }
        }
        case CONTROL -> {
          int count = Math.min(in.readableBytes(), control.length - controlFilled);
          in.readBytes(control, controlFilled, count);
          controlFilled += count;
          bytesCopied += count;
          if (controlFilled == control.length) {
            controlComplete();
          }
        }
        case PAYLOAD -> copyPayload(in);
      }
    }
  }

  private void scratchFilled() {
    switch (state) {
      case PREFACE -> {
        for (byte expected : PREFACE) {
          if (scratch.readByte() != expected) {
            strange = true;
            throw ProtocolException.violation("the peer does not speak the satellite protocol");
          }
        }
        nextHeader();
      }
      case HEADER -> headerComplete(FrameHeader.read(scratch));
      case PREFIX -> prefixComplete();
      case CONTROL, PAYLOAD -> throw new IllegalStateException(state.toString());
    }
  }

  private void headerComplete(FrameHeader next) {
    scratch.clear();
    if (!kind.carries(next.type())) {
      throw ProtocolException.violation("%s frame on the %s channel", next.type(), kind);
    }
    if (next.sequence() != sequence) {
      throw ProtocolException.violation(
          "%s frame has sequence %d instead of %d", next.type(), next.sequence(), sequence);
    }
    if (next.length() > payloadBytesMax) {
      throw ProtocolException.violation(
          "%s frame of %d bytes before the handshake is over", next.type(), next.length());
    }
    sequence++;
    header = next;
    if (next.type().isPayload()) {
      state = State.PREFIX;
      wanted = Math.min(next.length(), Limits.BXL_HEADER_BYTES);
      if (wanted == 0) {
        prefixComplete();
      }
    } else {
      state = State.CONTROL;
      control = new byte[next.length()];
      controlFilled = 0;
      if (control.length == 0) {
        controlComplete();
      }
    }
  }

  private void controlComplete() {
    FrameType type = current().type();
    byte[] payload = control;
    control = new byte[0];
    nextHeader();
    listener.message(MessageWire.read(type, payload));
  }

  private void prefixComplete() {
    FrameHeader now = current();
    target = listener.reserve(now, scratch.duplicate());
    bytesCopied += scratch.readableBytes();
    if (target != null) {
      // A reference of our own: the listener may give the payload up while it is still arriving.
      target.retain();
      target.writeBytes(scratch);
    }
    remaining = now.length() - wanted;
    state = State.PAYLOAD;
    if (remaining == 0) {
      payloadComplete();
    }
  }

  private void copyPayload(ByteBuf in) {
    int count = Math.min(in.readableBytes(), remaining);
    if (target == null) {
      in.skipBytes(count);
    } else {
      target.writeBytes(in, count);
    }
    bytesCopied += count;
    remaining -= count;
    if (remaining == 0) {
      payloadComplete();
    }
  }

  private void arrived(int count) {
    if (target == null) {
      throw new IllegalStateException("bytes arrived for a payload that is gone");
    }
    target.writerIndex(target.writerIndex() + count);
    bytesDirect += count;
    remaining -= count;
    if (remaining == 0) {
      payloadComplete();
    }
  }

  private void payloadComplete() {
    FrameHeader done = current();
    releaseTarget();
    nextHeader();
    listener.received(done);
  }

  private void nextHeader() {
    state = State.HEADER;
    wanted = FrameHeader.BYTES;
    scratch.clear();
    header = null;
  }

  private FrameHeader current() {
    if (header == null) {
      throw new IllegalStateException("no frame is being read");
    }
    return header;
  }
}
