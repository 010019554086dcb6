// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/// What lies where in the buffers of a vector.
final class VectorLayout {
  private VectorLayout() {}

  static ColumnType typeOf(FieldVector vector, String path, long frame) throws BxlException {
    ColumnType type = ColumnType.of(vector.getField().getType());
    if (type == null) {
      throw BxlException.inColumn(
          BxlError.UNSUPPORTED, frame, path, "type " + vector.getField().getType());
    }
    return type;
  }

  /// The offset at `index`. A vector of no values may have no offsets; then it is 0.
  static long offset(ArrowBuf offsets, boolean large, int index, int count) {
    if (count == 0) {
      return 0;
    }
    return large ? offsets.getLong(index * 8L) : offsets.getInt(index * 4L);
  }

  /// How many of `count` bits are set, `start` bits into the buffer.
  static long ones(ArrowBuf bits, int start, int count) {
    long found = 0;
    long bit = start;
    long end = (long) start + count;
    while (bit < end && (bit & 63) != 0) {
      found += bits.getByte(bit >> 3) >> (bit & 7) & 1;
      bit++;
    }
    for (; bit + 64 <= end; bit += 64) {
      found += Long.bitCount(bits.getLong(bit >> 3));
    }
    for (; bit < end; bit++) {
      found += bits.getByte(bit >> 3) >> (bit & 7) & 1;
    }
    return found;
  }

  /// The bytes of body that rows `start` to `start + count` take at most: never less for a longer
  /// range.
  static long bodyBytes(FieldVector vector, String path, long frame, int start, int count)
      throws BxlException {
    List<ArrowBuf> source = vector.getFieldBuffers();
    long validity = padded((count + 7L) / 8);
    return switch (typeOf(vector, path, frame)) {
      case ColumnType.Nulls _ -> 0;
      case ColumnType.Bits _ -> 2 * validity;
      case ColumnType.FixedWidth fixed -> validity + padded((long) count * fixed.width());
      case ColumnType.Variable variable ->
          validity
              + padded((count + 1L) * variable.offsetWidth())
              + padded(
                  offset(source.get(1), variable.large(), start + count, count)
                      - offset(source.get(1), variable.large(), start, count));
      case ColumnType.Sequence sequence -> {
        long first = offset(source.get(1), sequence.large(), start, count);
        long last = offset(source.get(1), sequence.large(), start + count, count);
        yield validity
            + padded((count + 1L) * sequence.offsetWidth())
            + childBytes(
                vector, path, frame, Math.toIntExact(first), Math.toIntExact(last - first));
      }
      case ColumnType.FixedSequence sequence ->
          validity
              + childBytes(
                  vector,
                  path,
                  frame,
                  Math.multiplyExact(start, sequence.size()),
                  Math.multiplyExact(count, sequence.size()));
      case ColumnType.Struct _ -> validity + childBytes(vector, path, frame, start, count);
    };
  }

  private static long childBytes(FieldVector vector, String path, long frame, int start, int count)
      throws BxlException {
    long sum = 0;
    for (FieldVector child : vector.getChildrenFromFields()) {
      sum += bodyBytes(child, path + "." + child.getName(), frame, start, count);
    }
    return sum;
  }

  /// `length` and the padding up to the next multiple of 64.
  static long padded(long length) {
    return (length + 63) & -64;
  }
}
