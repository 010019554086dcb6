// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

/// What a reader accepts at most: the limits of FORMAT.md section 5.
///
/// @param frameBytes length of one frame, at most [#FRAME_BYTES_CEILING]
/// @param metadataBytes length of one frame's metadata
/// @param batchRows rows of one batch
/// @param columns fields of the schema, at all depths
/// @param nestingDepth levels of nested types; a flat column has depth 1
/// @param valueBytes length of one string or binary value
/// @param dictionaryEntries entries of one dictionary
/// @param dictionaryBytes bodies of all dictionaries in force together
/// @param streamBytes length of the whole stream, [#NONE] for no limit
/// @param streamRows rows of the whole stream, [#NONE] for no limit
/// @param streamFrames frames of the whole stream, [#NONE] for no limit
public record BxlLimits(
    long frameBytes,
    long metadataBytes,
    long batchRows,
    int columns,
    int nestingDepth,
    long valueBytes,
    long dictionaryEntries,
    long dictionaryBytes,
    long streamBytes,
    long streamRows,
    long streamFrames) {

  /// The value of a total that is not limited.
  public static final long NONE = Long.MAX_VALUE;

  /// The longest frame that any reader accepts: frames are addressed by `int` in memory.
  public static final long FRAME_BYTES_CEILING = 2_147_483_584L;

  private static final long MIB = 1L << 20;

  /// The defaults of FORMAT.md.
  public static final BxlLimits DEFAULT =
      new BxlLimits(
          320 * MIB, 16 * MIB, 1L << 20, 4_096, 16, 256 * MIB, 1L << 24, 256 * MIB, NONE, NONE,
          NONE);

  public BxlLimits {
    requireWithin("frameBytes", frameBytes, FRAME_BYTES_CEILING);
    requireWithin("metadataBytes", metadataBytes, FRAME_BYTES_CEILING);
    requireWithin("batchRows", batchRows, Integer.MAX_VALUE);
    requireWithin("columns", columns, 1 << 20);
    requireWithin("nestingDepth", nestingDepth, 64);
    requireWithin("valueBytes", valueBytes, Integer.MAX_VALUE);
    requireWithin("dictionaryEntries", dictionaryEntries, Integer.MAX_VALUE);
    requireWithin("dictionaryBytes", dictionaryBytes, NONE);
    requireWithin("streamBytes", streamBytes, NONE);
    requireWithin("streamRows", streamRows, NONE);
    requireWithin("streamFrames", streamFrames, NONE);
  }

  private static void requireWithin(String name, long value, long max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + " must be 1 to " + max + " but is " + value);
    }
  }

  public BxlLimits withFrameBytes(long value) {
    return new BxlLimits(
        value,
        metadataBytes,
        batchRows,
        columns,
        nestingDepth,
        valueBytes,
        dictionaryEntries,
        dictionaryBytes,
        streamBytes,
        streamRows,
        streamFrames);
  }

  public BxlLimits withMetadataBytes(long value) {
    return new BxlLimits(
        frameBytes,
        value,
        batchRows,
        columns,
        nestingDepth,
        valueBytes,
        dictionaryEntries,
        dictionaryBytes,
        streamBytes,
        streamRows,
        streamFrames);
  }

  public BxlLimits withBatchRows(long value) {
    return new BxlLimits(
        frameBytes,
        metadataBytes,
        value,
        columns,
        nestingDepth,
        valueBytes,
        dictionaryEntries,
        dictionaryBytes,
        streamBytes,
        streamRows,
        streamFrames);
  }

  /// The same limits for another shape of schema.
  public BxlLimits withSchema(int columns, int nestingDepth) {
    return new BxlLimits(
        frameBytes,
        metadataBytes,
        batchRows,
        columns,
        nestingDepth,
        valueBytes,
        dictionaryEntries,
        dictionaryBytes,
        streamBytes,
        streamRows,
        streamFrames);
  }

  public BxlLimits withValueBytes(long value) {
    return new BxlLimits(
        frameBytes,
        metadataBytes,
        batchRows,
        columns,
        nestingDepth,
        value,
        dictionaryEntries,
        dictionaryBytes,
        streamBytes,
        streamRows,
        streamFrames);
  }

  /// The same limits for other dictionaries: entries of one, bytes of all in force.
  public BxlLimits withDictionaries(long entries, long bytes) {
    return new BxlLimits(
        frameBytes,
        metadataBytes,
        batchRows,
        columns,
        nestingDepth,
        valueBytes,
        entries,
        bytes,
        streamBytes,
        streamRows,
        streamFrames);
  }

  /// The same limits with bounded totals.
  public BxlLimits withTotals(long bytes, long rows, long frames) {
    return new BxlLimits(
        frameBytes,
        metadataBytes,
        batchRows,
        columns,
        nestingDepth,
        valueBytes,
        dictionaryEntries,
        dictionaryBytes,
        bytes,
        rows,
        frames);
  }
}
