// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.io.IOException;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// An Arrow reader over a BXL stream: each frame becomes vectors without a copy of its body.
///
/// Extension types come as their storage type with the metadata that names them. Every failure of
/// the stream is a [BxlException]; the end of the input before the end frame is one, too.
public final class BxlStreamReader extends ArrowReader {
  private final FrameSource source;
  private final BxlValidator validator;
  private final BxlReader reader;

  /// @param allocator what the vectors belong to
  /// @param source where frames come from; closed with this reader
  /// @param validator what the frames must pass, see [BxlValidator#expecting]
  public BxlStreamReader(BufferAllocator allocator, FrameSource source, BxlValidator validator) {
    super(allocator);
    this.source = source;
    this.validator = validator;
    this.reader = new BxlReader(validator);
  }

  /// What has been read so far; the totals of the stream once [#loadNextBatch] returned false.
  public BxlTotals totals() {
    return validator.totals();
  }

  @Override
  public boolean loadNextBatch() throws IOException {
    prepareLoadNextBatch();
    while (true) {
      BxlEvent event = validator.ended() ? null : next();
      switch (event) {
        case null -> {
          return false;
        }
        case BxlEvent.Started _ -> throw new IllegalStateException("a second schema");
        case BxlEvent.Dictionary(var batch) -> loadDictionary(batch);
        case BxlEvent.Rows(var batch) -> {
          loadRecordBatch(batch);
          return true;
        }
        case BxlEvent.Ended _ -> {
          return false;
        }
      }
    }
  }

  @Override
  public long bytesRead() {
    return totals().bytes();
  }

  @Override
  protected Schema readSchema() throws IOException {
    return switch (next()) {
      case BxlEvent.Started(var schema) -> schema;
      case BxlEvent.Dictionary _, BxlEvent.Rows _, BxlEvent.Ended _ ->
          throw new IllegalStateException("the validator let a stream start without a schema");
    };
  }

  @Override
  protected void closeReadSource() throws IOException {
    source.close();
  }

  private BxlEvent next() throws IOException {
    try (@Nullable ArrowBuf frame = source.next()) {
      if (frame == null) {
        reader.finish();
        throw new IllegalStateException("read after the end");
      }
      return reader.accept(frame);
    }
  }
}
