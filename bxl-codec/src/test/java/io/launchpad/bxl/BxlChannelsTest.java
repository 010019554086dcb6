// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.Test;

class BxlChannelsTest {

  @Test
  void reader_returnsWhatTheSinkWrote() throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        BxlStreamReader reader = read(allocator, twoColumns(allocator))) {
      assertTrue(reader.loadNextBatch());
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      assertEquals(3, root.getRowCount());
      assertEquals(2L, root.getVector(0).getObject(1));
      assertEquals(new Text("zwei"), root.getVector(1).getObject(1));
      assertTrue(root.getVector(1).isNull(2));
      assertFalse(reader.loadNextBatch());
      assertEquals(new BxlTotals(3, 3, reader.bytesRead()), reader.totals());
    }
  }

  @Test
  void reader_refusesEveryTruncatedStream() throws IOException {
    try (BufferAllocator allocator = new RootAllocator()) {
      byte[] whole = twoColumns(allocator);
      for (int length = 0; length < whole.length; length++) {
        byte[] part = Arrays.copyOf(whole, length);
        BxlException refusal =
            assertThrows(BxlException.class, () -> readAll(allocator, part), "cut at " + length);
        assertEquals(BxlError.TRUNCATED, refusal.error());
      }
    }
  }

  private static byte[] twoColumns(BufferAllocator allocator) throws IOException {
    try (BigIntVector numbers = new BigIntVector("number", allocator);
        VarCharVector names = new VarCharVector("name", allocator)) {
      for (int i = 0; i < 3; i++) {
        numbers.setSafe(i, i + 1L);
      }
      names.setSafe(0, new Text("eins"));
      names.setSafe(1, new Text("zwei"));
      names.setNull(2);
      numbers.setValueCount(3);
      names.setValueCount(3);
      VectorSchemaRoot root = new VectorSchemaRoot(List.of(numbers, names));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (BxlWriter writer =
          new BxlWriter(
              root.getSchema(),
              new MapDictionaryProvider(),
              allocator,
              BxlWriterOptions.DEFAULT.withChecksums(true),
              BxlChannels.sink(Channels.newChannel(bytes)))) {
        writer.write(root);
        assertEquals(bytes.size(), writer.totals().bytes());
        writer.end();
      }
      return bytes.toByteArray();
    }
  }

  private static BxlStreamReader read(BufferAllocator allocator, byte[] stream) {
    return BxlChannels.reader(
        allocator,
        Channels.newChannel(new ByteArrayInputStream(stream)),
        new BxlValidator(BxlLimits.DEFAULT));
  }

  private static void readAll(BufferAllocator allocator, byte[] stream) throws IOException {
    try (BxlStreamReader reader = read(allocator, stream)) {
      while (reader.loadNextBatch()) {
        assertTrue(reader.getVectorSchemaRoot().getRowCount() >= 0);
      }
    }
  }
}
