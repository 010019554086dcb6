// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;

/// Frames for tests, as bytes.
final class Frames {
  private Frames() {}

  /// A BXL frame of this length as far as the protocol reads it, the rest counting up.
  static ByteBuf bxl(int length, boolean end) {
    ByteBuf frame = UnpooledByteBufAllocator.DEFAULT.directBuffer(length);
    frame.writeBytes(new byte[] {'B', 'X', 'L', '1', (byte) (end ? 4 : 3), 0, 0, 0});
    frame.writeLongLE(length);
    for (int i = 16; i < length; i++) {
      frame.writeByte(i * 31);
    }
    return frame;
  }

  static byte[] frame(Message message, long sequence) {
    byte[] payload = MessageWire.write(message);
    return frame(message.type().code(), 0, 0, sequence, payload);
  }

  static byte[] frame(int type, int flags, int stream, long sequence, byte[] payload) {
    ByteBuf out = Unpooled.buffer(FrameHeader.BYTES + payload.length);
    out.writeIntLE(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeShortLE(stream);
    out.writeLongLE(sequence);
    out.writeBytes(payload);
    return ByteBufUtil.getBytes(out);
  }
}
