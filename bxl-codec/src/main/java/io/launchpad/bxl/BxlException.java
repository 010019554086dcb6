// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The refusal of a BXL stream: which rule it breaks, in which frame, where, and in which column.
///
/// The message is complete by itself; the accessors are for code that counts or translates.
public final class BxlException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final long UNKNOWN = -1;

  /// Sentences may quote what the stream says, however long that is.
  private static final int SENTENCE_MAX = 1_000;

  private final BxlError error;
  private final long frame;
  private final long offset;
  private final @Nullable String column;
  private final long row;

  private BxlException(
      BxlError error,
      long frame,
      long offset,
      @Nullable String column,
      long row,
      String sentence,
      @Nullable Throwable cause) {
    super(describe(error, frame, offset, column, row, sentence), cause);
    this.error = error;
    this.frame = frame;
    this.offset = offset;
    this.column = column;
    this.row = row;
  }

  /// A violation at `offset` bytes into frame number `frame`.
  static BxlException at(BxlError error, long frame, long offset, String sentence) {
    return new BxlException(error, frame, offset, null, UNKNOWN, sentence, null);
  }

  /// A violation in frame number `frame`, at no byte in particular.
  static BxlException in(BxlError error, long frame, String sentence) {
    return new BxlException(error, frame, UNKNOWN, null, UNKNOWN, sentence, null);
  }

  /// A violation by a whole column of frame number `frame`.
  static BxlException inColumn(BxlError error, long frame, String column, String sentence) {
    return new BxlException(error, frame, UNKNOWN, column, UNKNOWN, sentence, null);
  }

  /// A violation by one value: `row` counts from 0 within the frame's column at that depth.
  static BxlException inRow(BxlError error, long frame, String column, long row, String sentence) {
    return new BxlException(error, frame, UNKNOWN, column, row, sentence, null);
  }

  public BxlError error() {
    return error;
  }

  /// The number of the refused frame.
  public long frame() {
    return frame;
  }

  /// Where in the frame, in bytes from its start.
  public OptionalLong offset() {
    return offset == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /// The path of the column, dots between levels, where one is to blame. Names of more than 128
  /// characters are cut.
  public @Nullable String column() {
    return column;
  }

  /// The row within the frame; for a nested column, the position among that column's values.
  public OptionalLong row() {
    return row == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(row);
  }

  private static String describe(
      BxlError error, long frame, long offset, @Nullable String column, long row, String sentence) {
    StringBuilder text = new StringBuilder(error.name()).append(" in frame ").append(frame);
    if (offset != UNKNOWN) {
      text.append(" at byte ").append(offset);
    }
    if (column != null) {
      text.append(", column \"").append(column).append('"');
    }
    if (row != UNKNOWN) {
      text.append(", row ").append(row);
    }
    return text.append(": ").append(shortened(sentence)).toString();
  }

  private static String shortened(String sentence) {
    return sentence.length() <= SENTENCE_MAX ? sentence : sentence.substring(0, SENTENCE_MAX) + "…";
  }
}
