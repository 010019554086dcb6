// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// What a channel carries in its transport profile.
enum ChannelKind {
  /// Everything.
  SINGLE,
  /// Every frame type but `DATA` and `BLOB`.
  CONTROL,
  /// `DATA` and `BLOB` only, without a preface.
  DATA;

  boolean hasPreface() {
    return this != DATA;
  }

  boolean carries(FrameType type) {
    return switch (this) {
      case SINGLE -> true;
      case CONTROL -> !type.isPayload();
      case DATA -> type.isPayload();
    };
  }
}
