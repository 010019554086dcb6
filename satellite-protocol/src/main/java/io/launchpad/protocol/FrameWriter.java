// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// The sending end of one channel. Lives on the event loop.
///
/// Control frames are written at once. Of the data at most one fragment is handed to the channel
/// before the socket has taken it, so a control frame never waits behind more than one fragment.
/// Streams take turns by fragment.
final class FrameWriter {
  static final int FRAGMENT_BYTES = 512 << 10;

  /// Fragments written in one go before other work of the event loop has its turn.
  private static final int FRAGMENTS_PER_TURN = 8;

  /// Memory that control frames may take while they wait before the socket. A peer that lets more
  /// pile up does not read.
  private static final int BACKLOG_BYTES_MAX = 16 << 20;

  /// What a waiting frame takes besides its bytes: buffer, promise, entry of the queue. Without it
  /// a peer could fill the heap with the answers to empty pings.
  private static final int FRAME_OVERHEAD_BYTES = 512;

  private final Channel channel;
  private final Connection connection;
  private final Queue<OutboundStream> ready = new ArrayDeque<>();
  private long sequence;
  private long backlog;
  private boolean inFlight;
  private boolean pumping;
  private boolean overflowed;

  FrameWriter(Channel channel, Connection connection) {
    this.channel = channel;
    this.connection = connection;
  }

  void preface() {
    channel.writeAndFlush(channel.alloc().buffer(8).writeBytes(FrameReceiver.PREFACE));
  }

  /// The payload of a message's frame, for [#control(FrameType, byte[])]. Throws
  /// [IllegalArgumentException] when it does not fit one.
  static byte[] encode(Message message) {
    byte[] payload = MessageWire.write(message);
    if (payload.length > message.type().payloadBytesMax()) {
      throw new IllegalArgumentException(
          message.type() + " message of " + payload.length + " bytes does not fit its frame");
    }
    return payload;
  }

  ChannelFuture control(Message message) {
    return control(message.type(), encode(message));
  }

  ChannelFuture control(FrameType type, byte[] payload) {
    int length = FrameHeader.BYTES + payload.length;
    ByteBuf frame = channel.alloc().ioBuffer(length);
    new FrameHeader(type, false, 0, payload.length, sequence++).write(frame);
    frame.writeBytes(payload);
    int held = length + FRAME_OVERHEAD_BYTES;
    backlog += held;
    ChannelFuture written = channel.writeAndFlush(frame);
    written.addListener(_ -> backlog -= held);
    if (backlog > BACKLOG_BYTES_MAX && !overflowed) {
      // Once: to fail may mean to send a last message.
      overflowed = true;
      connection.fail(
          ProtocolException.violation("the peer left %d bytes of control frames unread", backlog));
    }
    return written;
  }

  /// The stream has something to send and the credit for it.
  void ready(OutboundStream stream) {
    ready.add(stream);
    pump();
  }

  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    int turns = 0;
    OutboundStream stream;
    while (!inFlight && (stream = ready.peek()) != null) {
      if (turns == FRAGMENTS_PER_TURN) {
        channel.eventLoop().execute(this::pump);
        break;
      }
      ready.remove();
      OutboundStream.Fragment fragment = stream.next(FRAGMENT_BYTES);
      if (fragment != null) {
        write(fragment);
        turns++;
      }
    }
    pumping = false;
  }

  private void write(OutboundStream.Fragment fragment) {
    OutboundStream stream = fragment.stream();
    ByteBuf header = channel.alloc().ioBuffer(FrameHeader.BYTES);
    new FrameHeader(stream.type(), fragment.more(), stream.number(), fragment.length(), sequence++)
        .write(header);
    inFlight = true;
    List<ByteBuf> parts = fragment.parts();
    ChannelFuture last = channel.write(header);
    for (ByteBuf part : parts) {
      last = channel.write(part);
    }
    channel.flush();
    last.addListener(written -> {
      inFlight = false;
      if (written.isSuccess()) {
        fragment.written();
      } else {
        fragment.failed(connection.lost());
      }
      pump();
    });
  }
}
