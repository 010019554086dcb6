// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

/// How much of a stream has passed.
///
/// @param frames frames, the end frame included once it passed
/// @param rows rows of all batch frames
/// @param bytes bytes of all frames
public record BxlTotals(long frames, long rows, long bytes) {
  static final BxlTotals NOTHING = new BxlTotals(0, 0, 0);

  BxlTotals plus(FrameHeader header) {
    long batchRows = header.kind() == FrameKind.BATCH ? header.rowCount() : 0;
    return new BxlTotals(frames + 1, rows + batchRows, bytes + header.frameLength());
  }
}
