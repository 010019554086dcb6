// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UuidVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.apache.arrow.vector.util.TransferPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BxlWriterTest {
  private final BufferAllocator allocator = new RootAllocator();
  private final List<FrameHeader> headers = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @AfterEach
  void closeAllocator() {
    allocator.close();
  }

  @Test
  void write_namesColumnAndRowWhenAValueIsTooLong() throws IOException {
    BxlWriterOptions options =
        BxlWriterOptions.DEFAULT.withLimits(BxlLimits.DEFAULT.withValueBytes(4));
    try (VarCharVector texts = texts("name", "ab", "abcd", "abcde");
        BxlWriter writer = writer(options, texts)) {
      BxlException refusal = assertThrows(BxlException.class, () -> writer.write(root(texts)));
      assertEquals(BxlError.LIMIT_EXCEEDED, refusal.error());
      assertEquals("name", refusal.column());
      assertEquals(OptionalLong.of(2), refusal.row());
    }
  }

  @Test
  void write_namesTheWidestColumnWhenARowIsTooLong() throws IOException {
    BxlWriterOptions options =
        BxlWriterOptions.DEFAULT
            .withBatches(1, 64)
            .withLimits(BxlLimits.DEFAULT.withFrameBytes(1024));
    try (VarCharVector small = texts("small", "a", "b");
        VarCharVector wide = texts("wide", "c", "d".repeat(1000));
        BxlWriter writer = writer(options, small, wide)) {
      BxlException refusal =
          assertThrows(BxlException.class, () -> writer.write(root(small, wide)));
      assertEquals(BxlError.LIMIT_EXCEEDED, refusal.error());
      assertEquals("wide", refusal.column());
      assertEquals(OptionalLong.of(1), refusal.row());
      assertEquals(2, headers.size(), "the schema and the row before");
    }
  }

  /// Arrow writes into the one empty buffer of all: an empty vector of large lists makes its 8
  /// bytes long (Arrow 19).
  @Test
  void write_isNotMisledByWhatVectorsDoToTheSharedEmptyBuffer() throws IOException {
    try (BigIntVector numbers = numbers(3);
        LargeListVector lists = LargeListVector.empty("lists", allocator);
        BxlWriter writer = writer(BxlWriterOptions.DEFAULT, numbers)) {
      lists.getFieldBuffers();
      writer.write(root(numbers));
      lists.getFieldBuffers();
      var _ = writer.end();
      assertEquals(3, headers.get(1).rowCount());
    } finally {
      allocator.getEmpty().writerIndex(0);
    }
  }

  @Test
  void write_allocatesNothingForWholeVectors() throws IOException {
    try (BigIntVector numbers = numbers(10_000)) {
      long before = allocator.getAllocatedMemory();
      FrameSink sink =
          frame -> {
            try (frame) {
              assertEquals(before, allocator.getAllocatedMemory());
            }
          };
      try (BxlWriter writer =
          new BxlWriter(
              root(numbers).getSchema(),
              new MapDictionaryProvider(),
              allocator,
              BxlWriterOptions.DEFAULT,
              sink)) {
        writer.write(root(numbers));
        writer.end();
      }
    }
  }

  @Test
  void write_keepsTheMemoryUntilTheFrameIsClosed() throws IOException {
    List<BxlFrame> frames = new ArrayList<>();
    try (BigIntVector numbers = numbers(1_000);
        BxlWriter writer =
            new BxlWriter(
                root(numbers).getSchema(),
                new MapDictionaryProvider(),
                allocator,
                BxlWriterOptions.DEFAULT,
                frames::add)) {
      writer.write(root(numbers));
    }
    assertTrue(allocator.getAllocatedMemory() >= 8_000);
    assertEquals(
        999L,
        frames.get(1).fragment(frames.get(1).length() - 64, 64).stream()
            .mapToLong(b -> b.order(ByteOrder.LITTLE_ENDIAN).getLong(56))
            .sum());
    frames.forEach(BxlFrame::close);
    frames.forEach(BxlFrame::close);
    assertEquals(0, allocator.getAllocatedMemory());
  }

  @Test
  void write_sendsOnlyTheRowsOfASlice() throws IOException {
    try (VarCharVector texts = texts("name", "a".repeat(100_000), "b", "c".repeat(100_000))) {
      TransferPair pair = texts.getTransferPair(allocator);
      pair.splitAndTransfer(1, 1);
      try (VarCharVector slice = (VarCharVector) pair.getTo();
          BxlWriter writer = writer(BxlWriterOptions.DEFAULT, slice)) {
        writer.write(root(slice));
        writer.end();
        assertTrue(headers.get(1).bodyLength() <= 192, headers.get(1).toString());
      }
    }
  }

  @Test
  void write_sendsADictionaryAgainOnlyWhenItIsAnother() throws IOException {
    DictionaryEncoding encoding = new DictionaryEncoding(5, false, new ArrowType.Int(32, true));
    try (VarCharVector cities = texts("cities", "Bern", "Basel");
        VarCharVector others = texts("others", "Chur", "Genf");
        IntVector indices =
            new IntVector(
                "city", new FieldType(true, new ArrowType.Int(32, true), encoding), allocator)) {
      indices.setSafe(0, 1);
      indices.setValueCount(1);
      MapDictionaryProvider provider = new MapDictionaryProvider(new Dictionary(cities, encoding));
      Schema schema = root(indices).getSchema();
      try (BxlWriter writer =
          new BxlWriter(schema, provider, allocator, BxlWriterOptions.DEFAULT, this::take)) {
        writer.write(root(indices));
        writer.write(root(indices));
        provider.put(new Dictionary(others, encoding));
        writer.write(root(indices));
        writer.end();
      }
      assertEquals(
          List.of(
              FrameKind.SCHEMA,
              FrameKind.DICTIONARY,
              FrameKind.BATCH,
              FrameKind.BATCH,
              FrameKind.DICTIONARY,
              FrameKind.BATCH,
              FrameKind.END),
          headers.stream().map(FrameHeader::kind).toList());
      BxlVector.validate(bytes.toByteArray(), new BxlValidator(BxlLimits.DEFAULT));
    }
  }

  @Test
  void write_carriesExtensionVectorsAsTheirStorage() throws IOException {
    UUID uuid = new UUID(1, 2);
    try (UuidVector uuids = new UuidVector("id", allocator)) {
      uuids.setSafe(0, uuid);
      uuids.setValueCount(1);
      try (BxlWriter writer = writer(BxlWriterOptions.DEFAULT, uuids)) {
        writer.write(root(uuids));
        writer.end();
      }
    }
    JsonStream.Content content =
        JsonStream.read(allocator, bytes.toByteArray(), new BxlValidator(BxlLimits.DEFAULT));
    assertEquals(
        "[{\"rows\":1,\"columns\":[[\"00000000000000010000000000000002\"]]}]",
        content.batches().toString());
    assertEquals(
        "arrow.uuid",
        content.schema().getFields().getFirst().getMetadata().get("ARROW:extension:name"));
  }

  @Test
  void start_refusesATypeThatBxlDoesNotCarry() {
    Schema schema = new Schema(List.of(RawVectors.field("v", "float16")));
    try (BxlWriter writer =
        new BxlWriter(
            schema, new MapDictionaryProvider(), allocator, BxlWriterOptions.DEFAULT, this::take)) {
      BxlException refusal = assertThrows(BxlException.class, writer::start);
      assertEquals(BxlError.UNSUPPORTED, refusal.error());
      assertEquals("v", refusal.column());
      assertEquals(List.of(), headers);
    }
  }

  @Test
  void end_refusesToBeRepeated() throws IOException {
    try (BigIntVector numbers = numbers(1);
        BxlWriter writer = writer(BxlWriterOptions.DEFAULT, numbers)) {
      writer.end();
      assertThrows(IllegalStateException.class, writer::end);
    }
  }

  @Test
  void fragment_coversTheFrameWhateverItsLength() throws IOException {
    try (VarCharVector texts = texts("name", "abc", "d".repeat(300));
        BxlWriter writer =
            new BxlWriter(
                root(texts).getSchema(),
                new MapDictionaryProvider(),
                allocator,
                BxlWriterOptions.DEFAULT,
                BxlWriterTest::assertFragments)) {
      writer.write(root(texts));
      writer.end();
    }
  }

  private static void assertFragments(BxlFrame frame) {
    try (frame) {
      byte[] whole = joined(frame.buffers());
      for (int length = 1; length <= whole.length; length += 7) {
        List<ByteBuffer> fragments = new ArrayList<>();
        for (int at = 0; at < whole.length; at += length) {
          fragments.addAll(frame.fragment(at, Math.min(length, whole.length - at)));
        }
        assertArrayEquals(whole, joined(fragments));
      }
      assertThrows(IndexOutOfBoundsException.class, () -> frame.fragment(whole.length - 1L, 2));
    }
  }

  private static byte[] joined(List<ByteBuffer> buffers) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuffer buffer : buffers) {
      byte[] copy = new byte[buffer.remaining()];
      buffer.get(copy);
      bytes.writeBytes(copy);
    }
    return bytes.toByteArray();
  }

  private void take(BxlFrame frame) {
    try (frame) {
      headers.add(frame.header());
      bytes.writeBytes(joined(frame.buffers()));
    }
  }

  private BxlWriter writer(BxlWriterOptions options, FieldVector... vectors) {
    return new BxlWriter(
        root(vectors).getSchema(), new MapDictionaryProvider(), allocator, options, this::take);
  }

  private static VectorSchemaRoot root(FieldVector... vectors) {
    return new VectorSchemaRoot(List.of(vectors));
  }

  private VarCharVector texts(String name, String... values) {
    VarCharVector vector = new VarCharVector(name, allocator);
    for (int i = 0; i < values.length; i++) {
      vector.setSafe(i, new Text(values[i]));
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private BigIntVector numbers(int count) {
    BigIntVector vector = new BigIntVector("number", allocator);
    for (int i = 0; i < count; i++) {
      vector.setSafe(i, i);
    }
    vector.setValueCount(count);
    return vector;
  }
}
