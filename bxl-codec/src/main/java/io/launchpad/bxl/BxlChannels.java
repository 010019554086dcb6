// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/// BXL streams over channels and in files: one frame after another, nothing between them.
public final class BxlChannels {
  private BxlChannels() {}

  /// A sink that writes frames to a blocking channel, which it does not close.
  public static FrameSink sink(WritableByteChannel channel) {
    return frame -> {
      try (frame) {
        for (ByteBuffer buffer : frame.buffers()) {
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
      }
    };
  }

  /// A reader of a stream that comes from a blocking channel, which is closed with it. Reads no
  /// further than the end frame: whether something may follow is the channel's owner's to say.
  public static BxlStreamReader reader(
      BufferAllocator allocator, ReadableByteChannel channel, BxlValidator validator) {
    return new BxlStreamReader(
        allocator, new ChannelSource(allocator, channel, validator), validator);
  }

  private record ChannelSource(
      BufferAllocator allocator, ReadableByteChannel channel, BxlValidator validator)
      implements FrameSource {

    @Override
    public @Nullable ArrowBuf next() throws IOException {
      ByteBuffer first = ByteBuffer.allocate(FrameHeader.LENGTH);
      if (!fill(first)) {
        if (first.position() == 0) {
          return null;
        }
        throw truncated(first.position(), FrameHeader.LENGTH);
      }
      FrameHeader header = validator.header(first.flip());
      ArrowBuf frame = FrameBuffers.allocate(allocator, header.frameLength());
      boolean complete = false;
      try {
        ByteBuffer bytes = frame.nioBuffer(0, Math.toIntExact(header.frameLength()));
        bytes.put(first);
        if (!fill(bytes)) {
          throw truncated(bytes.position(), header.frameLength());
        }
        complete = true;
        return frame;
      } finally {
        if (!complete) {
          frame.close();
        }
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private boolean fill(ByteBuffer target) throws IOException {
      while (target.hasRemaining()) {
        if (channel.read(target) < 0) {
          return false;
        }
      }
      return true;
    }

    private BxlException truncated(long found, long length) {
      return BxlException.at(
          BxlError.TRUNCATED,
          validator.totals().frames(),
          found,
          "the input ends after " + found + " of " + length + " bytes");
    }
  }
}
