// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A flatbuffer read without trust: every offset is checked before it is followed.
///
/// Reading costs a budget of twice the buffer's size, so that a buffer whose parts point at each
/// other, or a thousand times at the same part, cannot cost more than its own length.
final class Flatbuffer {
  private final ByteBuffer bytes;
  private final int size;
  private final long base;
  private final long frame;
  private long budget;

  /// @param bytes the flatbuffer, from index 0 to the limit
  /// @param base where in the frame it starts, for errors
  /// @param frame the number of the frame, for errors
  Flatbuffer(ByteBuffer bytes, long base, long frame) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    this.size = this.bytes.limit();
    this.base = base;
    this.frame = frame;
    this.budget = 2L * size;
  }

  long frame() {
    return frame;
  }

  Table root() throws BxlException {
    if (size < 8) {
      throw bad(0, "a flatbuffer of " + size + " bytes");
    }
    return tableAt(target(0));
  }

  BxlException bad(int at, String sentence) {
    return BxlException.at(BxlError.BAD_METADATA, frame, base + at, sentence);
  }

  /// Follows the unsigned offset at `at`.
  private int target(int at) throws BxlException {
    long offset = Integer.toUnsignedLong(bytes.getInt(at));
    if (offset == 0 || offset > size - 4L - at) {
      throw bad(at, "an offset of " + offset + " leads out of the metadata");
    }
    return at + (int) offset;
  }

  private void spend(int at, long cost) throws BxlException {
    budget -= cost;
    if (budget < 0) {
      throw bad(at, "parts of the metadata are referred to more than once");
    }
  }

  private Table tableAt(int at) throws BxlException {
    if (at % 4 != 0) {
      throw bad(at, "a table is not aligned");
    }
    long vtable = (long) at - bytes.getInt(at);
    if (vtable < 0 || vtable > size - 4L || vtable % 2 != 0) {
      throw bad(at, "a table's vtable lies outside the metadata");
    }
    int vtableAt = (int) vtable;
    int vtableLength = Short.toUnsignedInt(bytes.getShort(vtableAt));
    int length = Short.toUnsignedInt(bytes.getShort(vtableAt + 2));
    if (vtableLength < 4 || vtableLength % 2 != 0 || vtableLength > size - vtableAt) {
      throw bad(vtableAt, "a vtable of " + vtableLength + " bytes");
    }
    if (length < 4 || length > size - at) {
      throw bad(at, "a table of " + length + " bytes");
    }
    spend(at, length);
    return new Table(at, length, vtableAt, vtableLength);
  }

  /// A vector's elements: `length` of them from `start` on, inside the metadata.
  record Vector(int start, int length, int width) {}

  int getInt(int at) {
    return bytes.getInt(at);
  }

  long getLong(int at) {
    return bytes.getLong(at);
  }

  /// The table that element `index` of a vector of offsets leads to.
  Table tableAt(Vector vector, int index) throws BxlException {
    return tableAt(target(vector.start() + 4 * index));
  }

  /// One table of the flatbuffer. Slots are numbered as the schema orders its fields.
  final class Table {
    private final int at;
    private final int length;
    private final int vtable;
    private final int vtableLength;

    private Table(int at, int length, int vtable, int vtableLength) {
      this.at = at;
      this.length = length;
      this.vtable = vtable;
      this.vtableLength = vtableLength;
    }

    int getByte(int slot, int absent) throws BxlException {
      int field = field(slot, 1);
      return field == 0 ? absent : Byte.toUnsignedInt(bytes.get(field));
    }

    boolean getBoolean(int slot) throws BxlException {
      return getByte(slot, 0) != 0;
    }

    int getShort(int slot, int absent) throws BxlException {
      int field = field(slot, 2);
      return field == 0 ? absent : bytes.getShort(field);
    }

    int getInt(int slot, int absent) throws BxlException {
      int field = field(slot, 4);
      return field == 0 ? absent : bytes.getInt(field);
    }

    long getLong(int slot, long absent) throws BxlException {
      int field = field(slot, 8);
      return field == 0 ? absent : bytes.getLong(field);
    }

    @Nullable Table table(int slot) throws BxlException {
      int field = field(slot, 4);
      return field == 0 ? null : tableAt(target(field));
    }

    Table requiredTable(int slot, String what) throws BxlException {
      Table table = table(slot);
      if (table == null) {
        throw bad("without " + what);
      }
      return table;
    }

    /// A vector of elements of `width` bytes, aligned to `alignment`; empty when absent.
    Vector vector(int slot, int width, int alignment) throws BxlException {
      int field = field(slot, 4);
      if (field == 0) {
        return new Vector(0, 0, width);
      }
      int vector = target(field);
      long count = Integer.toUnsignedLong(bytes.getInt(vector));
      int start = vector + 4;
      if (vector % 4 != 0 || (count > 0 && start % alignment != 0)) {
        throw Flatbuffer.this.bad(vector, "a vector is not aligned");
      }
      if (count > (size - start) / width) {
        throw Flatbuffer.this.bad(vector, "a vector of " + count + " elements is too long");
      }
      spend(vector, 4 + count * width);
      return new Vector(start, (int) count, width);
    }

    /// A string, or null when absent.
    @Nullable String string(int slot) throws BxlException {
      Vector text = vector(slot, 1, 1);
      if (text.start() == 0) {
        return null;
      }
      int end = text.start() + text.length();
      if (end >= size || bytes.get(end) != 0) {
        throw Flatbuffer.this.bad(text.start(), "a string does not end with a zero byte");
      }
      if (!Utf8.isValid(bytes, text.start(), end)) {
        throw BxlException.at(
            BxlError.BAD_UTF8, frame, base + text.start(), "a string is not valid UTF-8");
      }
      byte[] copy = new byte[text.length()];
      bytes.get(text.start(), copy);
      return new String(copy, StandardCharsets.UTF_8);
    }

    BxlException bad(String sentence) {
      return Flatbuffer.this.bad(at, sentence);
    }

    long frame() {
      return frame;
    }

    /// Where the value of `slot` lies, or 0 when it is absent: no field can lie at 0.
    private int field(int slot, int width) throws BxlException {
      int entry = 4 + 2 * slot;
      if (entry >= vtableLength) {
        return 0;
      }
      int offset = Short.toUnsignedInt(bytes.getShort(vtable + entry));
      if (offset == 0) {
        return 0;
      }
      if (offset < 4 || offset > length - width || (at + offset) % width != 0) {
        throw bad("field " + slot + " of a table lies outside it or is not aligned");
      }
      return at + offset;
    }
  }
}
