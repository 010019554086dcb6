// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;

/// The 16 bytes before every payload, PROTOCOL.md section 2.
///
/// ```
///  byte   0        1        2        3        4        5        6        7
///       +--------+--------+--------+--------+--------+--------+--------+--------+
///    0  |          payload length           |  type  | flags  |     stream      |
///       +--------+--------+--------+--------+--------+--------+--------+--------+
///    8  |                              sequence                                 |
///       +--------+--------+--------+--------+--------+--------+--------+--------+
/// ```
///
/// @param more the unit goes on in the next frame of the same stream
public record FrameHeader(FrameType type, boolean more, int stream, int length, long sequence) {
  public static final int BYTES = 16;
  private static final int FLAG_MORE = 1;

  /// Reads a header and checks every rule that needs no state. The length is checked here, before
  /// anybody can allocate by it.
  static FrameHeader read(ByteBuf in) {
    long length = in.readUnsignedIntLE();
    int code = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readUnsignedShortLE();
    long sequence = in.readLongLE();
    FrameType type = FrameType.ofCode(code);
    if (type == null) {
      throw ProtocolException.violation("frame type 0x%02x is unknown", code);
    }
    if (length > type.payloadBytesMax()) {
      throw ProtocolException.violation(
          "%s frame of %d bytes; at most %d are allowed", type, length, type.payloadBytesMax());
    }
    if ((flags & ~FLAG_MORE) != 0) {
      throw ProtocolException.violation("%s frame has unknown flags 0x%02x", type, flags);
    }
    boolean more = flags != 0;
    if (type.isPayload()) {
      checkPayload(type, more, stream, (int) length);
    } else if (more || stream != 0) {
      throw ProtocolException.violation("%s frame names stream %d or flags", type, stream);
    }
    return new FrameHeader(type, more, stream, (int) length, sequence);
  }

  private static void checkPayload(FrameType type, boolean more, int stream, int length) {
    if (stream == 0) {
      throw ProtocolException.violation("%s frame without a stream", type);
    }
    if (length == 0 && (more || type == FrameType.DATA)) {
      throw ProtocolException.violation("empty %s fragment on stream %d", type, stream);
    }
  }

  void write(ByteBuf out) {
    out.writeIntLE(length);
    out.writeByte(type.code());
    out.writeByte(more ? FLAG_MORE : 0);
    out.writeShortLE(stream);
    out.writeLongLE(sequence);
  }
}
