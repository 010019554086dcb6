// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import org.jspecify.annotations.Nullable;

/// The type byte of a frame, PROTOCOL.md section 3.
public enum FrameType {
  HELLO(0x01),
  WELCOME(0x02),
  AUTHENTICATE(0x03),
  AUTHENTICATED(0x04),
  REFUSED(0x05),
  EXECUTE(0x10),
  QUEUED(0x11),
  STARTED(0x12),
  COMPLETED(0x13),
  FAILED(0x14),
  CANCELLED(0x15),
  EXITED(0x16),
  CANCEL(0x20),
  CREDIT(0x21),
  OUTPUT(0x22),
  DATA(0x30),
  BLOB(0x31),
  PING(0x40),
  PONG(0x41);

  private static final @Nullable FrameType[] BY_CODE = new @Nullable FrameType[0x42];

  static {
    for (FrameType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  FrameType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// Whether frames of this type carry payload of a stream instead of a control message.
  public boolean isPayload() {
    return this == DATA || this == BLOB;
  }

  /// The most bytes a frame of this type may hold once the handshake is over.
  public int payloadBytesMax() {
    return switch (this) {
      case DATA, BLOB -> Limits.FRAGMENT_BYTES;
      case PING, PONG -> Limits.PING_BYTES;
      default -> Limits.CONTROL_PAYLOAD_BYTES;
    };
  }

  static @Nullable FrameType ofCode(int code) {
    return code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
