// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ReferenceManager;
import org.apache.arrow.vector.FieldVector;

/// A range of rows cut out of vectors: the nodes and buffers of a record batch, depth first.
///
/// Only the bytes of these rows are referred to, never the whole buffers they lie in. Values are
/// not copied; offsets are when the range does not start at 0, and validity bits when it does not
/// start at a byte.
final class RowRange implements AutoCloseable {
  record Node(long length, long nullCount) {}

  /// An empty buffer that no vector can reach: of Arrow's own, which all allocators share, vectors
  /// set the length.
  private static final ArrowBuf EMPTY = new ArrowBuf(ReferenceManager.NO_OP, null, 0, 0);

  private final BufferAllocator allocator;
  private final long valueBytesMax;
  private final long frame;
  private final List<Node> nodes = new ArrayList<>();
  private final List<ArrowBuf> buffers = new ArrayList<>();

  /// @param valueBytesMax the longest string or binary value that may be sent
  /// @param frame the number that errors name
  RowRange(BufferAllocator allocator, long valueBytesMax, long frame) {
    this.allocator = allocator;
    this.valueBytesMax = valueBytesMax;
    this.frame = frame;
  }

  List<Node> nodes() {
    return nodes;
  }

  /// The buffers; this range holds one reference of each.
  List<ArrowBuf> buffers() {
    return buffers;
  }

  @Override
  public void close() {
    buffers.forEach(ArrowBuf::close);
    buffers.clear();
  }

  void append(FieldVector vector, String path, int start, int count) throws BxlException {
    List<ArrowBuf> source = vector.getFieldBuffers();
    ColumnType type = VectorLayout.typeOf(vector, path, frame);
    if (type instanceof ColumnType.Nulls) {
      nodes.add(new Node(count, count));
      return;
    }
    appendValidity(source.getFirst(), start, count);
    switch (type) {
      case ColumnType.Nulls _ -> throw new AssertionError("handled above");
      case ColumnType.Bits _ -> buffers.add(bits(source.get(1), start, count));
      case ColumnType.FixedWidth fixed ->
          buffers.add(
              retainedSlice(
                  source.get(1), (long) start * fixed.width(), (long) count * fixed.width()));
      case ColumnType.Variable variable -> {
        ArrowBuf offsets = source.get(1);
        long first = VectorLayout.offset(offsets, variable.large(), start, count);
        long last = VectorLayout.offset(offsets, variable.large(), start + count, count);
        if (last - first > valueBytesMax) {
          requireValuesWithinLimit(offsets, variable.large(), path, start, count);
        }
        appendOffsets(offsets, variable.large(), start, count, first);
        buffers.add(retainedSlice(source.get(2), first, last - first));
      }
      case ColumnType.Sequence sequence -> {
        ArrowBuf offsets = source.get(1);
        long first = VectorLayout.offset(offsets, sequence.large(), start, count);
        long last = VectorLayout.offset(offsets, sequence.large(), start + count, count);
        appendOffsets(offsets, sequence.large(), start, count, first);
        appendChildren(vector, path, Math.toIntExact(first), Math.toIntExact(last - first));
      }
      case ColumnType.FixedSequence sequence ->
          appendChildren(
              vector,
              path,
              Math.multiplyExact(start, sequence.size()),
              Math.multiplyExact(count, sequence.size()));
      case ColumnType.Struct _ -> appendChildren(vector, path, start, count);
    }
  }

  private void appendChildren(FieldVector vector, String path, int start, int count)
      throws BxlException {
    for (FieldVector child : vector.getChildrenFromFields()) {
      append(child, path + "." + child.getName(), start, count);
    }
  }

  private void appendValidity(ArrowBuf validity, int start, int count) {
    long nulls = count - VectorLayout.ones(validity, start, count);
    nodes.add(new Node(count, nulls));
    buffers.add(nulls == 0 ? EMPTY : bits(validity, start, count));
  }

  private ArrowBuf bits(ArrowBuf source, int start, int count) {
    long bytes = (count + 7L) / 8;
    if (start % 8 == 0) {
      return retainedSlice(source, start / 8, bytes);
    }
    ArrowBuf shifted = allocator.buffer(bytes);
    int shift = start % 8;
    long from = start / 8;
    long lastByte = (start + count - 1L) / 8;
    for (long i = 0; i < bytes; i++) {
      int low = (source.getByte(from + i) & 0xFF) >>> shift;
      int high = from + i < lastByte ? source.getByte(from + i + 1) << (8 - shift) : 0;
      shifted.setByte(i, low | high);
    }
    return shifted.writerIndex(bytes);
  }

  private void appendOffsets(ArrowBuf source, boolean large, int start, int count, long first) {
    int width = large ? 8 : 4;
    long bytes = (count + 1L) * width;
    if (count > 0 && first == 0) {
      buffers.add(retainedSlice(source, (long) start * width, bytes));
      return;
    }
    ArrowBuf rebased = allocator.buffer(bytes);
    for (int i = 0; i <= count; i++) {
      long offset = VectorLayout.offset(source, large, start + i, count) - first;
      if (large) {
        rebased.setLong(i * 8L, offset);
      } else {
        rebased.setInt(i * 4L, (int) offset);
      }
    }
    buffers.add(rebased.writerIndex(bytes));
  }

  private void requireValuesWithinLimit(
      ArrowBuf offsets, boolean large, String path, int start, int count) throws BxlException {
    for (int i = 0; i < count; i++) {
      long length =
          VectorLayout.offset(offsets, large, start + i + 1, count)
              - VectorLayout.offset(offsets, large, start + i, count);
      if (length > valueBytesMax) {
        throw BxlException.inRow(
            BxlError.LIMIT_EXCEEDED,
            frame,
            path,
            start + i,
            "a value of " + length + " bytes passes the limit value bytes " + valueBytesMax);
      }
    }
  }

  private static ArrowBuf retainedSlice(ArrowBuf source, long index, long length) {
    if (length == 0) {
      return EMPTY;
    }
    source.getReferenceManager().retain();
    return source.slice(index, length);
  }
}
