// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;

/// Memory for whole frames.
public final class FrameBuffers {
  private static final int ALIGNMENT = FrameHeader.LENGTH;

  private FrameBuffers() {}

  /// A buffer of `length` bytes at a multiple of 64, its writer index at its end.
  public static ArrowBuf allocate(BufferAllocator allocator, long length) {
    ArrowBuf buffer = allocator.buffer(length + ALIGNMENT - 8);
    long shift = -buffer.memoryAddress() & (ALIGNMENT - 1);
    ArrowBuf aligned = buffer.slice(shift, length);
    aligned.writerIndex(length);
    return aligned;
  }

  /// The memory of a direct buffer, from its position to its limit, as a buffer of `allocator`,
  /// without a copy.
  ///
  /// @param release gives the memory back; runs once, when nothing made of the frame needs it
  public static ArrowBuf wrap(BufferAllocator allocator, ByteBuffer direct, Runnable release) {
    long address = MemoryUtil.getByteBufferAddress(direct) + direct.position();
    return allocator.wrapForeignAllocation(
        new ForeignAllocation(direct.remaining(), address) {
          @Override
          protected void release0() {
            release.run();
          }
        });
  }
}
