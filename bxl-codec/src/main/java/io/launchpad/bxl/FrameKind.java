// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import org.jspecify.annotations.Nullable;

/// What a frame holds.
public enum FrameKind {
  /// The Arrow schema; the first frame of a stream.
  SCHEMA(1),
  /// The values of one dictionary.
  DICTIONARY(2),
  /// Rows.
  BATCH(3),
  /// Nothing: the stream is complete.
  END(4);

  private final int code;

  FrameKind(int code) {
    this.code = code;
  }

  /// The byte that stands for this kind in a header.
  public int code() {
    return code;
  }

  static @Nullable FrameKind ofCode(int code) {
    return switch (code) {
      case 1 -> SCHEMA;
      case 2 -> DICTIONARY;
      case 3 -> BATCH;
      case 4 -> END;
      default -> null;
    };
  }
}
