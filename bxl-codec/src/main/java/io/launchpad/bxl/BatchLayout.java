// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

/// The nodes and buffers a record batch announces, in the order of its schema, depth first.
///
/// The buffers of a parsed layout are checked as FORMAT.md section 7 asks: aligned, inside the
/// body, one after another.
final class BatchLayout {
  private final long rows;
  private final long[] nodes;
  private final long[] buffers;

  private BatchLayout(long rows, long[] nodes, long[] buffers) {
    this.rows = rows;
    this.nodes = nodes;
    this.buffers = buffers;
  }

  static BatchLayout parse(Flatbuffer flatbuffer, Flatbuffer.Table batch, long bodyLength)
      throws BxlException {
    long frame = flatbuffer.frame();
    if (batch.table(3) != null) {
      throw BxlException.in(BxlError.UNSUPPORTED, frame, "compression that was not agreed on");
    }
    if (batch.vector(4, 8, 8).length() != 0) {
      throw BxlException.in(BxlError.BAD_COUNT, frame, "variadic buffers where no type has them");
    }
    long[] nodes = pairs(flatbuffer, batch.vector(1, 16, 8));
    long[] buffers = pairs(flatbuffer, batch.vector(2, 16, 8));
    long end = 0;
    for (int i = 0; i < buffers.length; i += 2) {
      long offset = buffers[i];
      long length = buffers[i + 1];
      if (offset < 0 || length < 0 || length > bodyLength || offset > bodyLength - length) {
        throw badBuffer(frame, i, offset, length, "lies outside the body of " + bodyLength);
      }
      if (offset % 8 != 0) {
        throw badBuffer(frame, i, offset, length, "is not aligned to 8");
      }
      if (offset < end) {
        throw badBuffer(frame, i, offset, length, "overlaps the one before, which ends at " + end);
      }
      end = offset + length;
    }
    return new BatchLayout(batch.getLong(0, 0), nodes, buffers);
  }

  long rows() {
    return rows;
  }

  int nodeCount() {
    return nodes.length / 2;
  }

  long nodeLength(int node) {
    return nodes[2 * node];
  }

  long nullCount(int node) {
    return nodes[2 * node + 1];
  }

  int bufferCount() {
    return buffers.length / 2;
  }

  /// Where in the body the buffer starts.
  int offset(int buffer) {
    return (int) buffers[2 * buffer];
  }

  int length(int buffer) {
    return (int) buffers[2 * buffer + 1];
  }

  private static long[] pairs(Flatbuffer flatbuffer, Flatbuffer.Vector structs) {
    long[] values = new long[2 * structs.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = flatbuffer.getLong(structs.start() + 8 * i);
    }
    return values;
  }

  private static BxlException badBuffer(
      long frame, int pair, long offset, long length, String sentence) {
    return BxlException.in(
        BxlError.BAD_BUFFER,
        frame,
        "buffer " + pair / 2 + " at " + offset + " of " + length + " bytes " + sentence);
  }
}
