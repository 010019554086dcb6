// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;

/// A check for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above
/// U+10FFFF).
///
/// ASCII goes by 32 bytes. Other text goes through an automaton whose whole transition row for a
/// byte lies in one `long`: six bits of next state at the bit position that is the current state.
/// One step is then a load, which does not depend on the step before, and a shift.
final class Utf8 {
  /// What a range of bytes is.
  enum Text {
    ASCII,
    VALID,
    INVALID
  }

  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  // States are the bit positions of their six bits in a row.
  private static final int INVALID = 0;
  private static final int COMPLETE = 6;
  private static final int ONE_LEFT = 12;
  private static final int TWO_LEFT = 18;
  private static final int THREE_LEFT = 24;
  private static final int AFTER_E0 = 30;
  private static final int AFTER_ED = 36;
  private static final int AFTER_F0 = 42;
  private static final int AFTER_F4 = 48;
  private static final long STATE = 0x3F;

  private static final long[] ROWS = rows();

  private Utf8() {}

  /// @param bytes little-endian
  static Text classify(ByteBuffer bytes, int from, int to) {
    int index = skipAscii(bytes, from, to);
    if (index == to) {
      return Text.ASCII;
    }
    return isValid(bytes, index, to) ? Text.VALID : Text.INVALID;
  }

  /// @param bytes little-endian
  static boolean isValid(ByteBuffer bytes, int from, int to) {
    long state = COMPLETE;
    int index = from;
    while (index <= to - 8) {
      long word = bytes.getLong(index);
      if ((word & HIGH_BITS) == 0 && (state & STATE) == COMPLETE) {
        index = skipAscii(bytes, index + 8, to);
        continue;
      }
      state = ROWS[(int) (word & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 8 & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 16 & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 24 & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 32 & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 40 & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 48 & 0xFF)] >>> state;
      state = ROWS[(int) (word >>> 56)] >>> state;
      if ((state & STATE) == INVALID) {
        return false;
      }
      index += 8;
    }
    for (; index < to; index++) {
      state = ROWS[bytes.get(index) & 0xFF] >>> state;
    }
    return (state & STATE) == COMPLETE;
  }

  /// Whether a character starts before this byte and goes on in it.
  static boolean isContinuation(byte value) {
    return (value & 0xC0) == 0x80;
  }

  private static int skipAscii(ByteBuffer bytes, int from, int to) {
    int index = from;
    for (; index <= to - 32; index += 32) {
      long high =
          bytes.getLong(index)
              | bytes.getLong(index + 8)
              | bytes.getLong(index + 16)
              | bytes.getLong(index + 24);
      if ((high & HIGH_BITS) != 0) {
        break;
      }
    }
    while (index <= to - 8 && (bytes.getLong(index) & HIGH_BITS) == 0) {
      index += 8;
    }
    while (index < to && bytes.get(index) >= 0) {
      index++;
    }
    return index;
  }

  private static long[] rows() {
    long[] rows = new long[256];
    fill(rows, 0x00, 0x7F, COMPLETE, COMPLETE);
    fill(rows, 0xC2, 0xDF, COMPLETE, ONE_LEFT);
    fill(rows, 0xE0, 0xE0, COMPLETE, AFTER_E0);
    fill(rows, 0xE1, 0xEC, COMPLETE, TWO_LEFT);
    fill(rows, 0xED, 0xED, COMPLETE, AFTER_ED);
    fill(rows, 0xEE, 0xEF, COMPLETE, TWO_LEFT);
    fill(rows, 0xF0, 0xF0, COMPLETE, AFTER_F0);
    fill(rows, 0xF1, 0xF3, COMPLETE, THREE_LEFT);
    fill(rows, 0xF4, 0xF4, COMPLETE, AFTER_F4);
    fill(rows, 0x80, 0xBF, ONE_LEFT, COMPLETE);
    fill(rows, 0x80, 0xBF, TWO_LEFT, ONE_LEFT);
    fill(rows, 0x80, 0xBF, THREE_LEFT, TWO_LEFT);
    fill(rows, 0xA0, 0xBF, AFTER_E0, ONE_LEFT);
    fill(rows, 0x80, 0x9F, AFTER_ED, ONE_LEFT);
    fill(rows, 0x90, 0xBF, AFTER_F0, TWO_LEFT);
    fill(rows, 0x80, 0x8F, AFTER_F4, TWO_LEFT);
    return rows;
  }

  private static void fill(long[] rows, int first, int last, int state, int next) {
    for (int value = first; value <= last; value++) {
      rows[value] |= (long) next << state;
    }
  }
}
