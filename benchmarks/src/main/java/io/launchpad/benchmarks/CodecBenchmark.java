// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.bxl.BxlFrame;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlStreamReader;
import io.launchpad.bxl.BxlTotals;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.BxlWriter;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.bxl.FrameBuffers;
import io.launchpad.bxl.FrameSink;
import io.launchpad.bxl.FrameSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The codec on one thread: validating a stream of a few batches as hostile input, reading it into
/// vectors, which validates it too, and making its frames. `bytes` is the rate.
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private static final int ROWS = 65_536;
  private static final int BATCHES = 4;

  /// What the stream holds: numbers without nulls, with every tenth value null, and strings of 20
  /// bytes, all ASCII or with two other characters each.
  @Param({"numbers", "nulls", "ascii", "text"})
  public String content = "numbers";

  private final BufferAllocator allocator = new RootAllocator();
  private VectorSchemaRoot batch = new VectorSchemaRoot(List.<FieldVector>of());
  private List<ByteBuffer> stream = List.of();
  private List<ArrowBuf> received = List.of();
  private long streamBytes;

  /// JMH makes it.
  public CodecBenchmark() {}

  /// Counts what passes.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Passed {
    /// Bytes of whole frames.
    public long bytes;

    /// JMH makes it.
    public Passed() {}
  }

  @Setup
  public void makeStream() throws IOException {
    var random = new SplittableRandom(1);
    batch =
        switch (content) {
          case "numbers" -> numbers(random, false);
          case "nulls" -> numbers(random, true);
          case "ascii" -> strings("a common product 123");
          case "text" -> strings("ein größerer Posten");
          default -> throw new IllegalArgumentException(content);
        };
    List<ByteBuffer> frames = new ArrayList<>();
    BxlTotals totals = write(frame -> frames.add(copy(frame)));
    stream = frames;
    streamBytes = totals.bytes();
    received = frames.stream().map(this::receive).toList();
  }

  /// A frame where the network would have put it.
  private ArrowBuf receive(ByteBuffer frame) {
    ArrowBuf buffer = FrameBuffers.allocate(allocator, frame.remaining());
    buffer.setBytes(0, frame.duplicate());
    return buffer.writerIndex(frame.remaining());
  }

  private VectorSchemaRoot numbers(SplittableRandom random, boolean nulls) {
    var whole = new BigIntVector("whole", allocator);
    var real = new Float8Vector("real", allocator);
    for (int row = 0; row < ROWS; row++) {
      if (nulls && row % 10 == 0) {
        whole.setNull(row);
        real.setNull(row);
      } else {
        whole.setSafe(row, random.nextLong());
        real.setSafe(row, random.nextDouble());
      }
    }
    return rooted(whole, real);
  }

  private VectorSchemaRoot strings(String value) {
    var strings = new VarCharVector("string", allocator);
    byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int row = 0; row < ROWS; row++) {
      strings.setSafe(row, bytes);
    }
    return rooted(strings);
  }

  private static VectorSchemaRoot rooted(FieldVector... vectors) {
    for (FieldVector vector : vectors) {
      vector.setValueCount(ROWS);
    }
    return new VectorSchemaRoot(List.of(vectors));
  }

  private BxlTotals write(FrameSink sink) throws IOException {
    var dictionaries = new DictionaryProvider.MapDictionaryProvider();
    try (var writer =
        new BxlWriter(batch.getSchema(), dictionaries, allocator, BxlWriterOptions.DEFAULT, sink)) {
      for (int i = 0; i < BATCHES; i++) {
        writer.write(batch);
      }
      return writer.end();
    }
  }

  private static ByteBuffer copy(BxlFrame frame) {
    try (frame) {
      ByteBuffer whole = ByteBuffer.allocateDirect((int) frame.length());
      frame.buffers().forEach(whole::put);
      return whole.flip();
    }
  }

  @Benchmark
  public BxlTotals validate(Passed passed) throws IOException {
    var validator = new BxlValidator(BxlLimits.DEFAULT);
    for (ByteBuffer frame : stream) {
      var _ = validator.frame(frame);
    }
    validator.finish();
    passed.bytes += streamBytes;
    return validator.totals();
  }

  @Benchmark
  public int read(Passed passed) throws IOException {
    int rows = 0;
    try (var reader =
        new BxlStreamReader(
            allocator, new Again(received.iterator()), new BxlValidator(BxlLimits.DEFAULT))) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
    }
    passed.bytes += streamBytes;
    return rows;
  }

  /// Frames that stay where they are for the next time.
  private record Again(Iterator<ArrowBuf> frames) implements FrameSource {
    @Override
    public @Nullable ArrowBuf next() {
      if (!frames.hasNext()) {
        return null;
      }
      ArrowBuf frame = frames.next();
      frame.getReferenceManager().retain();
      return frame;
    }

    @Override
    public void close() {}
  }

  @Benchmark
  public BxlTotals write(Passed passed) throws IOException {
    passed.bytes += streamBytes;
    return write(BxlFrame::close);
  }

  @TearDown
  public void free() {
    received.forEach(ArrowBuf::close);
    batch.close();
    allocator.close();
  }
}
