// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

/// Streams that seeds decide, through writer, validator and reader. A failure names its seed.
class RandomStreamTest {
  private static final int SEEDS = 400;

  @Test
  void read_returnsWhatWasWritten() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ObjectNode description = RandomStream.describe(random);
      BxlWriterOptions options =
          BxlWriterOptions.DEFAULT
              .withBatches(1 + random.nextInt(50), 64L << random.nextInt(12))
              .withChecksums(random.nextBoolean());
      try (BufferAllocator allocator = new RootAllocator()) {
        byte[] stream = JsonStream.write(allocator, description, options);
        BxlValidator validator = new BxlValidator(BxlLimits.DEFAULT);
        JsonStream.Content content = JsonStream.read(allocator, stream, validator);
        assertEquals(
            JsonStream.columns(description.get("fields").size(), description.get("batches")),
            JsonStream.columns(description.get("fields").size(), content.batches()),
            "seed " + seed);
        assertEquals(
            JsonSchema.parse(description.get("fields"), null), content.schema(), "seed " + seed);
        assertBounded(stream, options, "seed " + seed);
      }
    }
  }

  /// Batches keep the bounds on rows, and the bound on bytes unless they have a single row.
  private static void assertBounded(byte[] stream, BxlWriterOptions options, String seed)
      throws BxlException {
    FrameHeader header;
    for (int at = 0; at < stream.length; at += (int) header.frameLength()) {
      header = FrameHeader.parse(ByteBuffer.wrap(stream).position(at), 0);
      if (header.kind() == FrameKind.BATCH && header.rowCount() > 1) {
        assertTrue(header.rowCount() <= options.rowsPerBatch(), seed);
        assertTrue(header.bodyLength() <= options.bytesPerBatch(), seed);
      }
    }
  }
}
