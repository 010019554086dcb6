// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.bxl.BxlError;
import io.launchpad.bxl.BxlEvent;
import io.launchpad.bxl.BxlException;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlReader;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.satellite.convert.TypeMapping;
import io.launchpad.satellite.error.SatelliteException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/// One input stream as batches, each validated and made without a copy of its values.
public final class BatchSource implements BatchFeed {
  private final InboundFrames frames;
  private final BufferAllocator allocator;
  private final TypeMapping mapping;
  private final BxlReader reader = new BxlReader(new BxlValidator(BxlLimits.DEFAULT));
  private @Nullable Schema wireSchema;
  private @Nullable Schema schema;
  private DictionarySet dictionaries = DictionarySet.of(Map.of());
  private boolean ended;

  public BatchSource(InboundFrames frames, BufferAllocator allocator) {
    this(frames, allocator, TypeMapping.EXACT);
  }

  /// @param mapping how a script sees the values that it does not read as Arrow
  public BatchSource(InboundFrames frames, BufferAllocator allocator, TypeMapping mapping) {
    this.frames = frames;
    this.allocator = allocator;
    this.mapping = mapping;
  }

  TypeMapping mapping() {
    return mapping;
  }

  /// The columns as the stream has them: dictionary-encoded ones have their value type. Waits.
  Schema wireSchema() throws IOException {
    Schema known = wireSchema;
    if (known == null) {
      known = start();
    }
    return known;
  }

  /// The columns as vectors have them: dictionary-encoded ones are indices. Waits.
  Schema schema() throws IOException {
    Schema _ = wireSchema();
    Schema known = schema;
    if (known == null) {
      throw new IllegalStateException("a stream has started without a schema");
    }
    return known;
  }

  private Schema start() throws IOException {
    if (!(event() instanceof BxlEvent.Started(var found))) {
      throw new IllegalStateException("the validator let a stream start without a schema");
    }
    Map<Long, Dictionary> empty = new HashMap<>();
    List<Field> fields = new ArrayList<>();
    for (Field field : found.getFields()) {
      mapping.check(field);
      fields.add(DictionaryUtility.toMemoryFormat(field, allocator, empty));
    }
    schema = new Schema(fields, found.getCustomMetadata());
    dictionaries = DictionarySet.of(empty);
    wireSchema = found;
    return found;
  }

  @Override
  public @Nullable Batch next() throws IOException {
    Schema columns = schema();
    while (!ended) {
      switch (event()) {
        case BxlEvent.Started _ -> throw new IllegalStateException("a second schema");
        case BxlEvent.Dictionary(var batch) -> replace(batch);
        case BxlEvent.Rows(var batch) -> {
          try (batch) {
            if (batch.getLength() > 0) {
              return load(columns, batch);
            }
          }
        }
        case BxlEvent.Ended _ -> ended = true;
      }
    }
    return null;
  }

  private Batch load(Schema columns, ArrowRecordBatch batch) {
    VectorSchemaRoot rows = VectorSchemaRoot.create(columns, allocator);
    new VectorLoader(rows).load(batch);
    return new Batch(rows, dictionaries.retain());
  }

  private void replace(ArrowDictionaryBatch batch) {
    try (batch) {
      long id = batch.getDictionaryId();
      Dictionary old = dictionaries.lookup(id);
      if (old == null) {
        throw new IllegalStateException("the validator let a dictionary pass that nobody names");
      }
      Field values = old.getVector().getField();
      FieldVector vector = values.createVector(allocator);
      var root = new VectorSchemaRoot(List.of(values), List.of(vector), 0);
      new VectorLoader(root).load(batch.getDictionary());
      dictionaries = dictionaries.with(id, new Dictionary(vector, old.getEncoding()));
    }
  }

  /// Lets the sender stop when the script has not read to the end.
  public void close() {
    if (!ended) {
      frames.discard();
    }
    dictionaries.release();
  }

  private BxlEvent event() throws IOException {
    try (@Nullable ArrowBuf frame = frames.next(allocator)) {
      if (frame == null) {
        reader.finish();
        throw new IllegalStateException("read after the end");
      }
      return reader.accept(frame);
    } catch (BxlException e) {
      throw SatelliteException.of(
          e.error() == BxlError.UNSUPPORTED
              ? ErrorCode.TYPE_UNSUPPORTED
              : ErrorCode.PROTOCOL_VIOLATION,
          "an input cannot be read: " + e.getMessage());
    }
  }
}
