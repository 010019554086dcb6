// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;

/// Direct memory for payloads, aligned to 64 bytes and pooled in chunks that hold whole BXL frames.
public final class FrameMemory {
  private static final int PAGE_BYTES = 64 << 10;

  /// 64 KiB shifted by this is the chunk size: 16 MiB. Larger frames are allocated for themselves.
  private static final int CHUNK_ORDER = 8;

  private static final int ARENAS = 2;
  private static final int ALIGNMENT = 64;

  private static final PooledByteBufAllocator POOL =
      new PooledByteBufAllocator(true, 0, ARENAS, PAGE_BYTES, CHUNK_ORDER, 0, 0, false, ALIGNMENT);

  private FrameMemory() {}

  static ByteBuf allocate(int bytes) {
    return POOL.directBuffer(bytes, bytes);
  }

  /// Buffers that somebody holds.
  public static long buffersInUse() {
    return POOL.metric().directArenas().stream()
        .mapToLong(PoolArenaMetric::numActiveAllocations)
        .sum();
  }
}
