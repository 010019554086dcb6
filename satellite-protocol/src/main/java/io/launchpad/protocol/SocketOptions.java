// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/// What every socket of the protocol is set to.
final class SocketOptions {
  /// More is faster up to about this much; the kernel clamps it to what the system allows.
  private static final int BUFFER_BYTES = 4 << 20;

  private SocketOptions() {}

  static void apply(Channel channel) {
    // Nothing here uses Netty's writability: the writer holds at most one fragment back by itself.
    channel
        .config()
        .setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1, 64 << 20));
    // Options a kind of channel does not have are left as they are.
    channel.config().setOption(ChannelOption.SO_SNDBUF, BUFFER_BYTES);
    channel.config().setOption(ChannelOption.SO_RCVBUF, BUFFER_BYTES);
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
  }

  /// Lets the channel read payload straight into its place.
  @SuppressWarnings("deprecation") // Netty's interface: there is no other way to set an allocator.
  static void readDirectly(Channel channel, FrameReceiver receiver) {
    channel.config().setRecvByteBufAllocator(new ReceiveAllocator(receiver));
  }
}
