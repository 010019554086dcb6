// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.BxlWriter;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.protocol.Message.StreamTotal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/// BXL streams of one column of 64-bit numbers.
final class TestFrames {
  /// A batch is a frame, however large.
  private static final BxlWriterOptions UNCUT =
      BxlWriterOptions.DEFAULT.withBatches(1 << 20, 1L << 30);

  private TestFrames() {}

  static List<byte[]> numbers(int batches, int rows) {
    int[] each = new int[batches];
    Arrays.fill(each, rows);
    return batches(each);
  }

  /// A stream with a frame, of any size, for each of these numbers of rows.
  static List<byte[]> batches(int... rows) {
    try (var allocator = new RootAllocator();
        var vector = new BigIntVector("n", allocator)) {
      var root = VectorSchemaRoot.of(vector);
      return stream(
          root,
          allocator,
          writer -> {
            for (int count : rows) {
              fill(vector, count);
              root.setRowCount(count);
              writer.write(root);
            }
          });
    }
  }

  private static void fill(BigIntVector vector, int rows) {
    vector.allocateNew(rows);
    for (int i = 0; i < rows; i++) {
      vector.set(i, i);
    }
  }

  /// A stream of one row of one kind of columns, each with the number 7.
  static List<byte[]> row(FieldType type, String... names) {
    return row(type, true, names);
  }

  /// The same with NULL everywhere.
  static List<byte[]> nulls(FieldType type, String... names) {
    return row(type, false, names);
  }

  private static List<byte[]> row(FieldType type, boolean present, String... names) {
    var schema = new Schema(Arrays.stream(names).map(n -> new Field(n, type, null)).toList());
    try (var allocator = new RootAllocator();
        var root = VectorSchemaRoot.create(schema, allocator)) {
      for (var vector : root.getFieldVectors()) {
        vector.allocateNew();
        switch (vector) {
          case BigIntVector v when present -> v.set(0, 7);
          case UInt8Vector v when present -> v.set(0, 7);
          default -> vector.setNull(0);
        }
      }
      root.setRowCount(1);
      return stream(root, allocator, writer -> writer.write(root));
    }
  }

  /// What writes the batches of a stream.
  @FunctionalInterface
  private interface Batches {
    void write(BxlWriter writer) throws IOException;
  }

  private static List<byte[]> stream(
      VectorSchemaRoot root, RootAllocator allocator, Batches batches) {
    try {
      var frames = new ArrayList<byte[]>();
      try (var writer =
          new BxlWriter(
              root.getSchema(),
              new DictionaryProvider.MapDictionaryProvider(),
              allocator,
              UNCUT,
              frame -> frames.add(bytes(frame)))) {
        batches.write(writer);
        writer.end();
      }
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static StreamTotal total(int stream, List<byte[]> frames, long rows) {
    long bytes = frames.stream().mapToLong(frame -> frame.length).sum();
    return new StreamTotal(stream, frames.size(), rows, bytes);
  }

  private static byte[] bytes(BxlFrame frame) {
    try (frame) {
      ByteBuffer all = ByteBuffer.allocate((int) frame.length());
      frame.buffers().forEach(all::put);
      return all.array();
    }
  }
}
