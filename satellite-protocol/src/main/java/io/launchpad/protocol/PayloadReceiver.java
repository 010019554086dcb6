// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The consumer of one inbound stream. Called on the event loop, so it must not block.
public interface PayloadReceiver {
  /// Memory for a payload of this size, which was checked against the stream's limits. The buffer
  /// must be direct to be received into without a copy, empty, and able to hold the bytes without
  /// growing. More room is for [Payload#absorb].
  ///
  /// @return null when there is none to spare: the stream is then discarded
  default @Nullable ByteBuf allocate(int bytes) {
    return FrameMemory.allocate(bytes);
  }

  /// Memory that [#allocate] gave is free again. Called from any thread.
  ///
  /// @param bytes the capacity of its buffer
  default void freed(int bytes) {}

  /// A payload has arrived. The receiver owns it and must close it.
  void received(Payload payload);
}
