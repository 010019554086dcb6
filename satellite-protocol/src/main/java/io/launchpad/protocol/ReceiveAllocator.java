// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// Decides where a socket's next bytes go: straight into the payload that is being received, else
/// into a small lookahead buffer.
///
/// It must not be used on a channel whose bytes are decrypted on the way.
final class ReceiveAllocator extends DefaultMaxMessagesRecvByteBufAllocator {
  static final int LOOKAHEAD_BYTES = 8 << 10;
  private static final int READS_PER_TURN = 16;

  private final FrameReceiver receiver;

  ReceiveAllocator(FrameReceiver receiver) {
    super(READS_PER_TURN);
    this.receiver = receiver;
  }

  @SuppressWarnings("deprecation") // Netty's interface: there is no other way to make a handle.
  @Override
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return LOOKAHEAD_BYTES;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        ByteBuf target = receiver.directTarget();
        return target != null ? target : allocator.ioBuffer(LOOKAHEAD_BYTES);
      }
    };
  }
}
