// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;

/// Integers of 1, 2, 4 or 8 bytes in a row, seen as `long`. An unsigned one of 8 bytes that passes
/// `Long.MAX_VALUE` is seen as negative, which no range here allows either.
record Numbers(ByteBuffer bytes, int start, int width, boolean signed) {

  long get(int index) {
    int at = start + index * width;
    return switch (width) {
      case 1 -> signed ? bytes.get(at) : Byte.toUnsignedLong(bytes.get(at));
      case 2 -> signed ? bytes.getShort(at) : Short.toUnsignedLong(bytes.getShort(at));
      case 4 -> signed ? bytes.getInt(at) : Integer.toUnsignedLong(bytes.getInt(at));
      default -> bytes.getLong(at);
    };
  }

  /// Whether the first `count` are all from 0 to below `end`.
  boolean allBelow(int count, long end) {
    long last = end - 1;
    long wrong = 0;
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          long value = signed ? bytes.get(start + i) : bytes.get(start + i) & 0xFF;
          wrong |= value | (last - value);
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          short bits = bytes.getShort(start + (i << 1));
          long value = signed ? bits : bits & 0xFFFF;
          wrong |= value | (last - value);
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          int bits = bytes.getInt(start + (i << 2));
          long value = signed ? bits : bits & 0xFFFF_FFFFL;
          wrong |= value | (last - value);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          long value = bytes.getLong(start + (i << 3));
          wrong |= value | (last - value);
        }
      }
    }
    return wrong >= 0;
  }
}
