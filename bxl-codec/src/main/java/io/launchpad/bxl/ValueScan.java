// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;

/// The linear scans over the buffers of a body.
///
/// Each scan first runs over all values without a branch that depends on them, gathering in the
/// sign of one number whether anything is wrong; only then does it look where, and whether the
/// culprit is under a null.
final class ValueScan {
  private final ByteBuffer body;
  private final long frame;
  private final long valueBytesMax;

  /// @param body little-endian, index 0 is the body's first byte
  ValueScan(ByteBuffer body, long frame, long valueBytesMax) {
    this.body = body;
    this.frame = frame;
    this.valueBytesMax = valueBytesMax;
  }

  /// How many of `count` bits are set from byte `start` on.
  long ones(int start, int count) {
    long ones = 0;
    int words = count >>> 6;
    for (int i = 0; i < words; i++) {
      ones += Long.bitCount(body.getLong(start + (i << 3)));
    }
    for (int bit = words << 6; bit < count; bit++) {
      ones += body.get(start + (bit >> 3)) >> (bit & 7) & 1;
    }
    return ones;
  }

  /// Checks that the offsets of `length` values start at 0 or above, never fall, and end at most at
  /// `available`.
  void offsets(ColumnPlan plan, boolean large, int start, int length, long available)
      throws BxlException {
    long wrong = large ? largeOffsets(start, length) : smallOffsets(start, length);
    long last = offset(large, start, length);
    if (wrong < 0) {
      throw badOffsets(plan, large, start, length);
    }
    if (last > available) {
      throw BxlException.inColumn(
          BxlError.BAD_OFFSETS,
          frame,
          plan.path(),
          "the last offset is " + last + " of " + available);
    }
  }

  private long smallOffsets(int start, int length) {
    int before = body.getInt(start);
    int wrong = before;
    for (int i = 1; i <= length; i++) {
      int offset = body.getInt(start + (i << 2));
      wrong |= offset | (offset - before);
      before = offset;
    }
    return wrong;
  }

  private long largeOffsets(int start, int length) {
    long before = body.getLong(start);
    long wrong = before;
    for (int i = 1; i <= length; i++) {
      long offset = body.getLong(start + (i << 3));
      wrong |= offset | (offset - before);
      before = offset;
    }
    return wrong;
  }

  private BxlException badOffsets(ColumnPlan plan, boolean large, int start, int length) {
    long before = 0;
    for (int i = 0; i <= length; i++) {
      long offset = offset(large, start, i);
      if (offset < before) {
        return BxlException.inRow(
            BxlError.BAD_OFFSETS,
            frame,
            plan.path(),
            Math.max(0, i - 1),
            "offset " + offset + " comes after " + before);
      }
      before = offset;
    }
    throw new IllegalStateException("no offset is wrong");
  }

  private long offset(boolean large, int start, int index) {
    return large ? body.getLong(start + (index << 3)) : body.getInt(start + (index << 2));
  }

  /// Checks the values of a variable-size column whose offsets are in order.
  ///
  /// @param offsets where in the body the offsets start
  /// @param data where in the body the bytes start
  void values(ColumnPlan plan, ColumnType.Variable type, int offsets, int data, Level level)
      throws BxlException {
    int length = level.length();
    long first = offset(type.large(), offsets, 0);
    long last = offset(type.large(), offsets, length);
    if (last - first > valueBytesMax) {
      requireValuesWithinLimit(plan, type, offsets, length);
    }
    if (!type.utf8()) {
      return;
    }
    int from = data + (int) first;
    int to = data + (int) last;
    switch (Utf8.classify(body, from, to)) {
      case ASCII -> {}
      case VALID -> {
        if (cutsCharacters(type, offsets, data, length)) {
          requireUtf8(plan, type, offsets, data, level);
        }
      }
      case INVALID -> requireUtf8(plan, type, offsets, data, level);
    }
  }

  private void requireValuesWithinLimit(
      ColumnPlan plan, ColumnType.Variable type, int offsets, int length) throws BxlException {
    for (int i = 0; i < length; i++) {
      long bytes = offset(type.large(), offsets, i + 1) - offset(type.large(), offsets, i);
      if (bytes > valueBytesMax) {
        throw BxlException.inRow(
            BxlError.LIMIT_EXCEEDED,
            frame,
            plan.path(),
            i,
            "a value of " + bytes + " bytes passes the limit value bytes of " + valueBytesMax);
      }
    }
  }

  /// Whether a boundary between two values lies inside a character.
  private boolean cutsCharacters(ColumnType.Variable type, int offsets, int data, int length) {
    long last = offset(type.large(), offsets, length);
    boolean cuts = false;
    for (int i = 1; i < length; i++) {
      long offset = offset(type.large(), offsets, i);
      cuts |= offset < last && Utf8.isContinuation(body.get(data + (int) offset));
    }
    return cuts;
  }

  private void requireUtf8(
      ColumnPlan plan, ColumnType.Variable type, int offsets, int data, Level level)
      throws BxlException {
    for (int i = 0; i < level.length(); i++) {
      int from = data + (int) offset(type.large(), offsets, i);
      int to = data + (int) offset(type.large(), offsets, i + 1);
      if (level.isValid(i) && !Utf8.isValid(body, from, to)) {
        throw BxlException.inRow(
            BxlError.BAD_UTF8, frame, plan.path(), i, "the string is not valid UTF-8");
      }
    }
  }

  /// Checks the values of a fixed-width column.
  ///
  /// @param start where in the body the values start
  /// @param entries how many entries the dictionary of an index has
  void fixed(ColumnPlan plan, ColumnType.FixedWidth type, int start, Level level, long entries)
      throws BxlException {
    switch (type) {
      case ColumnType.Plain _ -> {}
      case ColumnType.TimeOfDay time ->
          within(
              plan,
              new Numbers(body, start, time.width(), true),
              level,
              time.unitsPerDay(),
              BxlError.BAD_VALUE);
      case ColumnType.Index index ->
          within(
              plan,
              new Numbers(body, start, index.width(), index.signed()),
              level,
              entries,
              BxlError.BAD_DICTIONARY);
      case ColumnType.Decimal decimal -> decimals(plan, decimal, start, level);
    }
  }

  private void within(ColumnPlan plan, Numbers numbers, Level level, long end, BxlError error)
      throws BxlException {
    if (numbers.allBelow(level.length(), end)) {
      return;
    }
    for (int i = 0; i < level.length(); i++) {
      long value = numbers.get(i);
      if (level.isValid(i) && (value < 0 || value >= end)) {
        throw BxlException.inRow(error, frame, plan.path(), i, value + " is not 0 to " + (end - 1));
      }
    }
  }

  private void decimals(ColumnPlan plan, ColumnType.Decimal type, int start, Level level)
      throws BxlException {
    DecimalBound bound = DecimalBound.of(type.precision());
    for (int i = 0; i < level.length(); i++) {
      if (!bound.holds(body, start + i * type.width(), type.width()) && level.isValid(i)) {
        throw BxlException.inRow(
            BxlError.BAD_VALUE,
            frame,
            plan.path(),
            i,
            "a decimal of more than " + type.precision() + " digits");
      }
    }
  }
}
