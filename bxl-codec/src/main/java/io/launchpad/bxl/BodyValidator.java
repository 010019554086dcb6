// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The check of one body against its schema: checks 5 to 11 of FORMAT.md section 7.
///
/// Walks the columns depth first and takes nodes and buffers as it goes.
final class BodyValidator {
  private final ByteBuffer body;
  private final long frame;
  private final BatchLayout layout;
  private final Map<Long, Long> entriesOfDictionaries;
  private final ValueScan scan;
  private final long itemsMax;
  private int node;
  private int buffer;

  /// @param body little-endian, index 0 is the body's first byte
  /// @param entriesOfDictionaries how many entries each dictionary in force has
  BodyValidator(
      ByteBuffer body,
      long frame,
      BxlLimits limits,
      BatchLayout layout,
      Map<Long, Long> entriesOfDictionaries) {
    this.body = body;
    this.frame = frame;
    this.layout = layout;
    this.entriesOfDictionaries = entriesOfDictionaries;
    this.scan = new ValueScan(body, frame, limits.valueBytes());
    long itemsAnyway = Math.max(limits.batchRows(), layout.rows());
    this.itemsMax = Math.min(Integer.MAX_VALUE - 8, Math.max(itemsAnyway, 8L * body.limit()));
  }

  void validate(List<ColumnPlan> columns) throws BxlException {
    for (ColumnPlan column : columns) {
      int length = takeNode(column, layout.rows(), layout.rows());
      column(column, null, length);
    }
    if (node != layout.nodeCount() || buffer != layout.bufferCount()) {
      throw BxlException.in(
          BxlError.BAD_COUNT,
          frame,
          "the schema asks for "
              + node
              + " nodes and "
              + buffer
              + " buffers, but there are "
              + layout.nodeCount()
              + " and "
              + layout.bufferCount());
    }
  }

  /// Moves on to the next node and checks its length.
  private int takeNode(ColumnPlan plan, long atLeast, long atMost) throws BxlException {
    if (node == layout.nodeCount()) {
      throw in(BxlError.BAD_COUNT, plan, "there is no node for it");
    }
    long length = layout.nodeLength(node);
    if (length < atLeast || length > atMost) {
      String wanted = atLeast == atMost ? "" + atLeast : atLeast + " to " + atMost;
      throw in(
          atLeast != atMost && length > atMost ? BxlError.LIMIT_EXCEEDED : BxlError.BAD_COUNT,
          plan,
          "a length of " + length + " where " + wanted + " is asked for");
    }
    long nullCount = layout.nullCount(node);
    if (nullCount < 0 || nullCount > length) {
      throw in(BxlError.BAD_COUNT, plan, nullCount + " nulls among " + length + " values");
    }
    node++;
    return (int) length;
  }

  private void column(ColumnPlan plan, @Nullable Level parent, int length) throws BxlException {
    int nullCount = (int) layout.nullCount(node - 1);
    if (plan.type() instanceof ColumnType.Nulls) {
      level(plan, parent, length, length, -1, -1);
      return;
    }
    int validity = validity(plan, length, nullCount);
    switch (plan.type()) {
      case ColumnType.Nulls _ -> throw new AssertionError("handled above");
      case ColumnType.Bits _ -> {
        take(plan, (length + 7L) / 8);
        level(plan, parent, length, nullCount, validity, -1);
      }
      case ColumnType.FixedWidth fixed -> {
        int values = take(plan, (long) length * fixed.width());
        Level level = level(plan, parent, length, nullCount, validity, -1);
        scan.fixed(plan, fixed, values, level, entries(plan, fixed));
      }
      case ColumnType.Variable variable -> {
        int offsets = takeOffsets(plan, variable.offsetWidth(), length);
        int data = take(plan, 0);
        Level level = level(plan, parent, length, nullCount, validity, offsets);
        if (offsets >= 0) {
          scan.offsets(plan, variable.large(), offsets, length, layout.length(buffer - 1));
          scan.values(plan, variable, offsets, data, level);
        }
      }
      case ColumnType.Sequence sequence -> {
        int offsets = takeOffsets(plan, sequence.offsetWidth(), length);
        Level level = level(plan, parent, length, nullCount, validity, offsets);
        ColumnPlan item = plan.children().getFirst();
        int items = takeNode(item, 0, itemsMax);
        if (offsets >= 0) {
          scan.offsets(plan, sequence.large(), offsets, length, items);
        }
        column(item, level, items);
      }
      case ColumnType.FixedSequence sequence -> {
        Level level = level(plan, parent, length, nullCount, validity, -1);
        ColumnPlan item = plan.children().getFirst();
        long items = (long) length * sequence.size();
        if (items > itemsMax) {
          throw in(BxlError.LIMIT_EXCEEDED, plan, items + " items where " + itemsMax + " may be");
        }
        column(item, level, takeNode(item, items, items));
      }
      case ColumnType.Struct _ -> {
        Level level = level(plan, parent, length, nullCount, validity, -1);
        for (ColumnPlan child : plan.children()) {
          column(child, level, takeNode(child, length, length));
        }
      }
    }
  }

  /// The level of a column, once it holds no null that the schema forbids.
  private Level level(
      ColumnPlan plan, @Nullable Level parent, int length, int nulls, int validity, int offsets)
      throws BxlException {
    Level level = new Level(body, plan.type(), parent, length, validity, offsets);
    if (nulls > 0 && !plan.nullable()) {
      int row = level.firstReachableNull();
      if (row >= 0) {
        throw BxlException.inRow(
            BxlError.BAD_VALUE, frame, plan.path(), row, "a null in a column that allows none");
      }
    }
    return level;
  }

  /// Takes the validity buffer: where it starts, or -1 when no value is null.
  private int validity(ColumnPlan plan, int length, int nullCount) throws BxlException {
    int index = nextBuffer(plan);
    long needed = (length + 7L) / 8;
    if (layout.length(index) == 0) {
      if (nullCount > 0) {
        throw in(BxlError.BAD_BUFFER, plan, nullCount + " nulls, but no validity buffer");
      }
      return -1;
    }
    requireLength(plan, index, needed);
    long zeros = length - scan.ones(layout.offset(index), length);
    if (zeros != nullCount) {
      throw in(
          BxlError.BAD_COUNT, plan, nullCount + " nulls announced, " + zeros + " in the validity");
    }
    return nullCount == 0 ? -1 : layout.offset(index);
  }

  /// Takes the next buffer, at least `needed` bytes long, and returns where it starts.
  private int take(ColumnPlan plan, long needed) throws BxlException {
    int index = nextBuffer(plan);
    requireLength(plan, index, needed);
    return layout.offset(index);
  }

  /// Takes the offsets: where they start, or -1 when there are none because there are no values.
  private int takeOffsets(ColumnPlan plan, int width, int length) throws BxlException {
    if (length == 0 && buffer < layout.bufferCount() && layout.length(buffer) == 0) {
      buffer++;
      return -1;
    }
    return take(plan, (length + 1L) * width);
  }

  private int nextBuffer(ColumnPlan plan) throws BxlException {
    if (buffer == layout.bufferCount()) {
      throw in(BxlError.BAD_COUNT, plan, "there is no buffer for it");
    }
    return buffer++;
  }

  private void requireLength(ColumnPlan plan, int index, long needed) throws BxlException {
    if (layout.length(index) < needed) {
      throw in(
          BxlError.BAD_BUFFER,
          plan,
          "buffer " + index + " has " + layout.length(index) + " of " + needed + " bytes");
    }
  }

  private long entries(ColumnPlan plan, ColumnType.FixedWidth type) throws BxlException {
    if (!(type instanceof ColumnType.Index index)) {
      return 0;
    }
    Long entries = entriesOfDictionaries.get(index.id());
    if (entries == null) {
      throw in(BxlError.BAD_DICTIONARY, plan, "dictionary " + index.id() + " has not come yet");
    }
    return entries;
  }

  private BxlException in(BxlError error, ColumnPlan plan, String sentence) {
    return BxlException.inColumn(error, frame, plan.path(), sentence);
  }
}
