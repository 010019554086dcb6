// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A [FrameReceiver] without a socket, which keeps all it is told.
final class ReceiverProbe implements FrameListener, AutoCloseable {
  final List<Message> messages = new ArrayList<>();
  final List<FrameHeader> payloadHeaders = new ArrayList<>();
  final List<byte[]> payloads = new ArrayList<>();
  @Nullable ProtocolException failure;
  int reserved;
  private final FrameReceiver receiver;
  private final EmbeddedChannel channel;
  private @Nullable ByteBuf target;

  ReceiverProbe(ChannelKind kind, boolean handshakeOver) {
    receiver = new FrameReceiver(kind, this);
    if (handshakeOver) {
      receiver.handshakeOver();
    }
    channel = new EmbeddedChannel(receiver);
  }

  /// Feeds bytes, at most `step` at a time.
  void feed(byte[] bytes, int step) {
    for (int at = 0; at < bytes.length; at += step) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(step, bytes.length - at)));
    }
  }

  @Override
  public void message(Message message) {
    messages.add(message);
  }

  @Override
  public ByteBuf reserve(FrameHeader header, ByteBuf prefix) {
    dropTarget();
    reserved += header.length();
    ByteBuf buffer = Unpooled.buffer(header.length(), header.length());
    target = buffer;
    return buffer;
  }

  @Override
  public void received(FrameHeader header) {
    payloadHeaders.add(header);
    payloads.add(target == null ? new byte[0] : ByteBufUtil.getBytes(target));
  }

  @Override
  public void failed(ProtocolException violation) {
    failure = violation;
  }

  @Override
  public void ended() {}

  private void dropTarget() {
    if (target != null) {
      target.release();
      target = null;
    }
  }

  @Override
  public void close() {
    channel.finishAndReleaseAll();
    dropTarget();
  }
}
