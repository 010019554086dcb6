// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowDictionaryBatch;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/// The receiving end of a BXL stream, frame by frame, for who waits for input elsewhere.
///
/// Every frame is validated before anything is made of it: Arrow's vectors trust their buffers.
/// [BxlStreamReader] makes vectors of the events.
///
/// Not thread-safe.
public final class BxlReader {
  private final BxlValidator validator;

  public BxlReader(BxlValidator validator) {
    this.validator = validator;
  }

  /// Takes the next frame: all of `frame` from index 0 to its writer index. The frame stays the
  /// caller's; what the event needs of it, it retains.
  public BxlEvent accept(ArrowBuf frame) throws BxlException {
    int length = Math.toIntExact(frame.writerIndex());
    BxlValidator.Passed passed = validator.validate(frame.nioBuffer(0, length));
    FrameHeader header = passed.header();
    BatchLayout layout = passed.layout();
    if (layout == null) {
      return header.kind() == FrameKind.SCHEMA
          ? new BxlEvent.Started(validator.schema().orElseThrow())
          : new BxlEvent.Ended(validator.totals());
    }
    ArrowRecordBatch batch = batch(frame, header, layout);
    return header.kind() == FrameKind.DICTIONARY
        ? new BxlEvent.Dictionary(new ArrowDictionaryBatch(header.dictionaryId(), batch, false))
        : new BxlEvent.Rows(batch);
  }

  /// Checks that the stream is complete; to be called when the input ends.
  public void finish() throws BxlException {
    validator.finish();
  }

  private static ArrowRecordBatch batch(ArrowBuf frame, FrameHeader header, BatchLayout layout) {
    List<ArrowFieldNode> nodes = new ArrayList<>();
    for (int i = 0; i < layout.nodeCount(); i++) {
      nodes.add(new ArrowFieldNode(layout.nodeLength(i), layout.nullCount(i)));
    }
    long body = FrameHeader.LENGTH + (long) header.metadataLength();
    List<ArrowBuf> buffers = new ArrayList<>();
    for (int i = 0; i < layout.bufferCount(); i++) {
      buffers.add(frame.slice(body + layout.offset(i), layout.length(i)));
    }
    return new ArrowRecordBatch(Math.toIntExact(layout.rows()), nodes, buffers);
  }
}
