// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// What may come on one inbound stream.
///
/// @param type `DATA` or `BLOB`
/// @param delivery whole BXL frames or fragments; a blob always comes in fragments
/// @param unitBytesMax the longest BXL frame, or the longest blob
public record InboundSpec(int stream, FrameType type, Delivery delivery, int unitBytesMax) {

  /// How payload is handed on.
  public enum Delivery {
    /// Each BXL frame contiguous in one aligned buffer.
    UNITS,
    /// Each fragment as it comes. The frame's announced length is checked all the same.
    FRAGMENTS
  }

  public InboundSpec {
    if (!type.isPayload() || (type == FrameType.BLOB && delivery == Delivery.UNITS)) {
      throw new IllegalArgumentException(type + " stream delivered as " + delivery);
    }
  }

  public static InboundSpec frames(int stream, int frameBytesMax) {
    return new InboundSpec(stream, FrameType.DATA, Delivery.UNITS, frameBytesMax);
  }

  public static InboundSpec fragments(int stream, int frameBytesMax) {
    return new InboundSpec(stream, FrameType.DATA, Delivery.FRAGMENTS, frameBytesMax);
  }

  public static InboundSpec blob(int stream, int bytesMax) {
    return new InboundSpec(stream, FrameType.BLOB, Delivery.FRAGMENTS, bytesMax);
  }
}
