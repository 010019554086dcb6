// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// Bytes of a request that stand in the message itself or travel as a stream of their own.
public sealed interface Content {
  /// At most [Limits#INLINE_BYTES].
  record Inline(Bytes bytes) implements Content {
    public Inline {
      if (bytes.length() > Limits.INLINE_BYTES) {
        throw new IllegalArgumentException("inline content of " + bytes.length() + " bytes");
      }
    }
  }

  /// The stream with this number.
  record Stream(int number) implements Content {}
}
