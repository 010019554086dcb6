// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class FrameBuffersTest {

  @Test
  void allocate_alignsTo64Whatever() {
    try (BufferAllocator allocator = new RootAllocator()) {
      for (long length = 64; length < 100_000; length = length * 3 / 128 * 64 + 64) {
        try (ArrowBuf buffer = FrameBuffers.allocate(allocator, length)) {
          assertEquals(0, buffer.memoryAddress() % 64);
          assertEquals(length, buffer.capacity());
          assertEquals(length, buffer.writerIndex());
          buffer.setByte(length - 1, 1);
        }
      }
    }
  }

  @Test
  void wrap_releasesOnceWhenNothingNeedsTheMemory() {
    AtomicInteger released = new AtomicInteger();
    try (BufferAllocator allocator = new RootAllocator()) {
      ByteBuffer direct = ByteBuffer.allocateDirect(256).putLong(72, 7).position(64);
      ArrowBuf frame = FrameBuffers.wrap(allocator, direct, released::incrementAndGet);
      assertEquals(192, frame.writerIndex());
      assertEquals(7, frame.nioBuffer(8, 8).getLong());
      frame.getReferenceManager().retain();
      frame.close();
      assertEquals(0, released.get());
      frame.close();
      assertEquals(1, released.get());
    }
  }
}
