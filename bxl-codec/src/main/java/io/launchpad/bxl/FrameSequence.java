// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The place a stream has reached: which header may come next, and whether it keeps the limits.
///
/// All of FORMAT.md that headers alone tell. Enough for who passes on frames of a sender it trusts;
/// [BxlValidator] looks into the frames as well.
///
/// Not thread-safe.
public final class FrameSequence {
  private final BxlLimits limits;
  private final Map<Long, Long> dictionaryBytes = new HashMap<>();
  private BxlTotals totals = BxlTotals.NOTHING;
  private @Nullable FrameKind last;

  public FrameSequence(BxlLimits limits) {
    this.limits = limits;
  }

  /// Checks that a frame with this header may come now. Changes nothing.
  ///
  /// @throws BxlException `LIMIT_EXCEEDED`, `BAD_SEQUENCE`, `BAD_ORDER` or `BAD_COUNT`
  public void check(FrameHeader header) throws BxlException {
    checkLimits(header);
    if (header.frameNumber() != totals.frames()) {
      throw at(
          BxlError.BAD_SEQUENCE, 40, "frame number " + header.frameNumber() + " comes out of turn");
    }
    if (header.streamLength() != totals.bytes()) {
      throw at(
          BxlError.BAD_SEQUENCE,
          56,
          "stream length " + header.streamLength() + ", but " + totals.bytes() + " bytes came");
    }
    checkOrder(header);
    if (header.kind() == FrameKind.END && header.rowCount() != totals.rows()) {
      throw at(
          BxlError.BAD_COUNT,
          32,
          "the end frame counts " + header.rowCount() + " rows, but " + totals.rows() + " came");
    }
  }

  /// Goes on to the frame after `header`, which [#check] has accepted.
  public void advance(FrameHeader header) {
    totals = totals.plus(header);
    last = header.kind();
    if (header.kind() == FrameKind.DICTIONARY) {
      dictionaryBytes.put(header.dictionaryId(), header.bodyLength());
    }
  }

  /// Checks that the stream is complete.
  ///
  /// @throws BxlException `TRUNCATED`
  public void finish() throws BxlException {
    if (!ended()) {
      throw BxlException.in(
          BxlError.TRUNCATED, totals.frames(), "the input ends before the end frame");
    }
  }

  /// Whether the end frame has passed.
  public boolean ended() {
    return last == FrameKind.END;
  }

  /// What has passed so far.
  public BxlTotals totals() {
    return totals;
  }

  private void checkOrder(FrameHeader header) throws BxlException {
    if (ended()) {
      throw at(BxlError.BAD_ORDER, 4, "a frame after the end frame");
    }
    if ((header.kind() == FrameKind.SCHEMA) != (last == null)) {
      throw at(BxlError.BAD_ORDER, 4, "the schema frame comes first and once");
    }
  }

  private void checkLimits(FrameHeader header) throws BxlException {
    requireWithin("frame bytes", header.frameLength(), limits.frameBytes(), 8);
    requireWithin("metadata bytes", header.metadataLength(), limits.metadataBytes(), 16);
    requireWithin("stream frames", totals.frames() + 1, limits.streamFrames(), 40);
    requireWithin("stream bytes", totals.bytes() + header.frameLength(), limits.streamBytes(), 8);
    switch (header.kind()) {
      case BATCH -> {
        requireWithin("batch rows", header.rowCount(), limits.batchRows(), 32);
        requireWithin("stream rows", totals.rows() + header.rowCount(), limits.streamRows(), 32);
      }
      case DICTIONARY -> {
        requireWithin("dictionary entries", header.rowCount(), limits.dictionaryEntries(), 32);
        requireWithin(
            "dictionary bytes", dictionaryBytesWith(header), limits.dictionaryBytes(), 24);
        requireWithin("columns", dictionaryBytes.size(), limits.columns(), 48);
      }
      case SCHEMA, END -> {}
    }
  }

  private long dictionaryBytesWith(FrameHeader header) {
    long sum = header.bodyLength();
    for (Map.Entry<Long, Long> held : dictionaryBytes.entrySet()) {
      sum += held.getKey() == header.dictionaryId() ? 0 : held.getValue();
    }
    return sum;
  }

  private void requireWithin(String limit, long found, long max, int offset) throws BxlException {
    if (found > max) {
      throw at(
          BxlError.LIMIT_EXCEEDED, offset, found + " passes the limit " + limit + " of " + max);
    }
  }

  private BxlException at(BxlError error, int offset, String sentence) {
    return BxlException.at(error, totals.frames(), offset, sentence);
  }
}
