// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;

/// The sending end of a BXL stream: turns vectors into frames, as many as the bounds ask for.
///
/// ```java
/// try (BxlWriter writer = new BxlWriter(root.getSchema(), dictionaries, allocator, DEFAULT, sink)) {
///   writer.write(root);
///   writer.end();
/// }
/// ```
///
/// A stream that is closed without [#end] stays without its end frame, so that its reader knows it
/// is not complete. Frames share the memory of the vectors, see [BxlFrame].
///
/// Not thread-safe.
public final class BxlWriter implements AutoCloseable {
  private final Schema schema;
  private final DictionaryProvider dictionaries;
  private final Set<Long> dictionaryIds;
  private final BufferAllocator allocator;
  private final BxlWriterOptions options;
  private final FrameSink sink;
  private final FrameEncoder encoder;

  /// The buffers each dictionary was last sent from. They are retained: as long as they are, no
  /// other dictionary can lie at the same addresses.
  private final Map<Long, List<ArrowBuf>> sentDictionaries = new TreeMap<>();

  private boolean started;
  private boolean ended;

  /// @param schema the schema as the vectors have it: dictionary-encoded fields with index type
  /// @param dictionaries where the dictionaries named by the schema are found
  /// @param allocator for the few buffers that must be copied to cut rows out of vectors
  public BxlWriter(
      Schema schema,
      DictionaryProvider dictionaries,
      BufferAllocator allocator,
      BxlWriterOptions options,
      FrameSink sink) {
    this.dictionaries = dictionaries;
    this.dictionaryIds = new TreeSet<>();
    this.schema = wireSchema(schema, dictionaries, dictionaryIds);
    this.allocator = allocator;
    this.options = options;
    this.sink = sink;
    this.encoder = new FrameEncoder(options.checksums());
  }

  /// Writes a whole stream: everything `source` has.
  public static BxlTotals copy(
      ArrowReader source, BufferAllocator allocator, BxlWriterOptions options, FrameSink sink)
      throws IOException {
    VectorSchemaRoot root = source.getVectorSchemaRoot();
    try (BxlWriter writer = new BxlWriter(root.getSchema(), source, allocator, options, sink)) {
      writer.start();
      while (source.loadNextBatch()) {
        writer.write(root);
      }
      return writer.end();
    }
  }

  /// Sends the schema frame, unless it has been sent; the first [#write] does so by itself.
  ///
  /// @throws BxlException when the schema has what BXL or the reader's limits do not allow
  public void start() throws IOException {
    requireOpen();
    if (started) {
      return;
    }
    started = true;
    BxlFrame frame = encoder.schema(schema);
    try {
      SchemaFrame.requireValid(frame, options.limits());
    } catch (BxlException | RuntimeException e) {
      frame.close();
      throw e;
    }
    sink.accept(frame);
  }

  /// Sends all rows of `root`: dictionaries that are new or were replaced first, then as many batch
  /// frames as the bounds ask for, one even when there are no rows.
  ///
  /// A dictionary counts as replaced when its vector has other buffers or another length than when
  /// it was last sent.
  ///
  /// @throws BxlException `LIMIT_EXCEEDED` naming column and row, when a value or a row is too long
  public void write(VectorSchemaRoot root) throws IOException {
    start();
    for (long id : dictionaryIds) {
      sendDictionaryIfNew(id);
    }
    int rows = root.getRowCount();
    int from = 0;
    do {
      int count = rowsThatFit(root, from, rows - from);
      sendBatch(root, from, count);
      from += count;
    } while (from < rows);
  }

  /// Sends the end frame.
  ///
  /// @return what was sent, the end frame included
  public BxlTotals end() throws IOException {
    start();
    ended = true;
    sink.accept(encoder.end());
    return encoder.totals();
  }

  /// What was sent so far.
  public BxlTotals totals() {
    return encoder.totals();
  }

  /// Lets go of the dictionaries; sends nothing.
  @Override
  public void close() {
    ended = true;
    sentDictionaries.values().forEach(buffers -> buffers.forEach(ArrowBuf::close));
    sentDictionaries.clear();
  }

  private void requireOpen() {
    if (ended) {
      throw new IllegalStateException("the stream has ended");
    }
  }

  private static Schema wireSchema(
      Schema schema, DictionaryProvider dictionaries, Set<Long> dictionaryIds) {
    List<Field> fields = new ArrayList<>();
    Set<Long> used = new HashSet<>();
    for (Field field : schema.getFields()) {
      fields.add(DictionaryUtility.toMessageFormat(field, dictionaries, used));
    }
    dictionaryIds.addAll(used);
    return new Schema(fields, schema.getCustomMetadata());
  }

  private int rowsThatFit(VectorSchemaRoot root, int from, int left) throws BxlException {
    int most = Math.min(left, options.rowsPerBatch());
    if (most <= 1 || bodyBytes(root, from, most) <= options.bytesPerBatch()) {
      return most;
    }
    int fits = 1;
    int tooMany = most;
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (bodyBytes(root, from, middle) <= options.bytesPerBatch()) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private long bodyBytes(VectorSchemaRoot root, int from, int count) throws BxlException {
    long sum = 0;
    for (FieldVector vector : root.getFieldVectors()) {
      sum +=
          VectorLayout.bodyBytes(vector, vector.getName(), encoder.totals().frames(), from, count);
    }
    return sum;
  }

  private void sendBatch(VectorSchemaRoot root, int from, int count) throws IOException {
    try (RowRange range = newRange()) {
      for (FieldVector vector : root.getFieldVectors()) {
        range.append(vector, vector.getName(), from, count);
      }
      BxlFrame frame = encoder.batch(count, range);
      if (frame.length() > options.limits().frameBytes()) {
        frame.close();
        throw rowTooLong(root, from, frame.header());
      }
      sink.accept(frame);
    }
  }

  private BxlException rowTooLong(VectorSchemaRoot root, int from, FrameHeader header)
      throws BxlException {
    String widest = "";
    long widestBytes = -1;
    for (FieldVector vector : root.getFieldVectors()) {
      long bytes =
          VectorLayout.bodyBytes(
              vector, vector.getName(), header.frameNumber(), from, (int) header.rowCount());
      if (bytes > widestBytes) {
        widest = vector.getName();
        widestBytes = bytes;
      }
    }
    return BxlException.inRow(
        BxlError.LIMIT_EXCEEDED,
        header.frameNumber(),
        widest,
        from,
        "the frame has "
            + header.frameLength()
            + " bytes, the limit frame bytes is "
            + options.limits().frameBytes()
            + "; this column has "
            + widestBytes
            + " of them");
  }

  private void sendDictionaryIfNew(long id) throws IOException {
    Dictionary dictionary = dictionaries.lookup(id);
    if (dictionary == null) {
      throw new IllegalStateException("dictionary " + id + " is gone");
    }
    FieldVector values = dictionary.getVector();
    try (RowRange range = newRange()) {
      range.append(values, "dictionary " + id, 0, values.getValueCount());
      List<ArrowBuf> sent = sentDictionaries.get(id);
      if (sent != null && sameMemory(sent, range.buffers())) {
        return;
      }
      requireDictionaryWithinLimits(id, values.getValueCount());
      List<ArrowBuf> kept = List.copyOf(range.buffers());
      kept.forEach(buffer -> buffer.getReferenceManager().retain());
      List<ArrowBuf> old = sentDictionaries.put(id, kept);
      if (old != null) {
        old.forEach(ArrowBuf::close);
      }
      BxlFrame frame = encoder.dictionary(id, values.getValueCount(), range);
      if (frame.length() > options.limits().frameBytes()) {
        frame.close();
        throw BxlException.in(
            BxlError.LIMIT_EXCEEDED,
            frame.header().frameNumber(),
            "dictionary "
                + id
                + " needs a frame of "
                + frame.length()
                + " bytes, the limit frame bytes is "
                + options.limits().frameBytes());
      }
      sink.accept(frame);
    }
  }

  private void requireDictionaryWithinLimits(long id, int entries) throws BxlException {
    long limit = options.limits().dictionaryEntries();
    if (entries > limit) {
      throw BxlException.in(
          BxlError.LIMIT_EXCEEDED,
          encoder.totals().frames(),
          "dictionary " + id + " has " + entries + " entries, the limit is " + limit);
    }
  }

  private RowRange newRange() {
    return new RowRange(allocator, options.limits().valueBytes(), encoder.totals().frames());
  }

  private static boolean sameMemory(List<ArrowBuf> some, List<ArrowBuf> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < some.size(); i++) {
      ArrowBuf one = some.get(i);
      ArrowBuf other = others.get(i);
      if (one.readableBytes() != other.readableBytes()
          || (one.readableBytes() > 0 && one.memoryAddress() != other.memoryAddress())) {
        return false;
      }
    }
    return true;
  }
}
