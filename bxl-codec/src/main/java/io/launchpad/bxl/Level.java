// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// One column of a batch at one depth, linked to the one above it: tells which of its values count.
///
/// A value under a null of a column above is nobody's value: it may be null where the schema allows
/// no nulls.
final class Level {
  private final ByteBuffer body;
  private final ColumnType type;
  private final @Nullable Level parent;
  private final int length;
  private final int validity;
  private final int offsets;
  private @Nullable BitSet liveItems;

  /// @param validity where in the body the validity bits start, or -1 when no value is null
  /// @param offsets where in the body the offsets start, or -1 when there are none
  Level(
      ByteBuffer body,
      ColumnType type,
      @Nullable Level parent,
      int length,
      int validity,
      int offsets) {
    this.body = body;
    this.type = type;
    this.parent = parent;
    this.length = length;
    this.validity = validity;
    this.offsets = offsets;
  }

  int length() {
    return length;
  }

  /// Whether no value is null itself.
  boolean allValid() {
    return validity < 0;
  }

  /// Whether value `index` is not null itself.
  boolean isValid(int index) {
    return validity < 0
        ? !(type instanceof ColumnType.Nulls)
        : (body.get(validity + (index >> 3)) >> (index & 7) & 1) != 0;
  }

  /// Whether all that stands above value `index` is not null.
  boolean isReachable(int index) {
    return parent == null || parent.reaches(index);
  }

  /// The first value that is null although it counts, or -1.
  int firstReachableNull() {
    for (int i = 0; i < length; i++) {
      if (!isValid(i) && isReachable(i)) {
        return i;
      }
    }
    return -1;
  }

  /// Whether item `index` of the column below belongs to a value that counts.
  private boolean reaches(int index) {
    return switch (type) {
      case ColumnType.Struct _ -> isValid(index) && isReachable(index);
      case ColumnType.FixedSequence sequence -> {
        int owner = index / sequence.size();
        yield isValid(owner) && isReachable(owner);
      }
      case ColumnType.Sequence sequence -> items(sequence).get(index);
      case ColumnType.Nulls _, ColumnType.Bits _, ColumnType.FixedWidth _, ColumnType.Variable _ ->
          throw new IllegalStateException("nothing stands below " + type);
    };
  }

  private BitSet items(ColumnType.Sequence sequence) {
    BitSet items = liveItems;
    if (items == null) {
      items = new BitSet();
      for (int i = 0; i < length; i++) {
        if (isValid(i) && isReachable(i)) {
          items.set(offset(sequence, i), offset(sequence, i + 1));
        }
      }
      liveItems = items;
    }
    return items;
  }

  private int offset(ColumnType.Sequence sequence, int index) {
    return sequence.large()
        ? (int) body.getLong(offsets + 8 * index)
        : body.getInt(offsets + 4 * index);
  }
}
