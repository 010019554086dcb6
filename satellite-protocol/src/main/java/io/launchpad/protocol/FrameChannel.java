// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One channel of a connection: the socket, and what receives and sends frames on it. On the event
/// loop.
final class FrameChannel implements FrameListener {
  private final Channel channel;
  private final Connection connection;
  private final StreamTable streams;
  private final FrameReceiver receiver;
  private final FrameWriter writer;
  private @Nullable InboundStream receiving;

  FrameChannel(Channel channel, ChannelKind kind, Connection connection, StreamTable streams) {
    this.channel = channel;
    this.connection = connection;
    this.streams = streams;
    receiver = new FrameReceiver(kind, this);
    writer = new FrameWriter(channel, connection);
  }

  FrameReceiver receiver() {
    return receiver;
  }

  FrameWriter writer() {
    return writer;
  }

  /// Reads what may have come already, if it was not read so far.
  void read() {
    channel.config().setAutoRead(true);
  }

  /// Reads and sends nothing more; also where adopting the socket has failed on the way.
  void close() {
    receiver.stop();
    if (channel.isRegistered()) {
      channel.close();
    } else {
      channel.unsafe().closeForcibly();
    }
  }

  /// Tells the peer that nothing more comes; what comes from there is read on.
  void shutdownOutput() {
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  /// Completes when the socket is closed, also one that has never been connected.
  CompletableFuture<?> closed() {
    var ended = new CompletableFuture<@Nullable Void>();
    channel.closeFuture().addListener(_ -> ended.complete(null));
    return ended;
  }

  @Override
  public void message(Message message) {
    connection.received(message);
  }

  @Override
  public @Nullable ByteBuf reserve(FrameHeader header, ByteBuf prefix) {
    receiving = streams.inbound(header.stream());
    if (receiving == null) {
      throw ProtocolException.violation(
          "%s frame on stream %d, which is not open", header.type(), header.stream());
    }
    return receiving.reserve(header, prefix);
  }

  @Override
  public void received(FrameHeader header) {
    if (receiving != null) {
      receiving.received(header);
    }
  }

  @Override
  public void failed(ProtocolException violation) {
    connection.violated(violation);
  }

  @Override
  public void ended() {
    connection.channelEnded();
  }
}
