// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The 64 bytes a frame starts with (FORMAT.md section 2).
///
/// ```
///  0  magic 'B' 'X' 'L' '1' | kind u8 | flags u8 | reserved u16
///  8  frame length u64
/// 16  metadata length u32   | CRC-32C u32
/// 24  body length u64
/// 32  row count u64
/// 40  frame number u64
/// 48  dictionary id i64
/// 56  stream length so far u64
/// ```
///
/// A header obtained from [#parse] is consistent in itself: its lengths are not negative, multiples
/// of 64 and add up, and fields that its kind does not use are zero. Whether it passes a limit or
/// comes in the right place, [BxlValidator] decides.
///
/// @param kind what the frame holds
/// @param checked whether `crc` is valid
/// @param frameLength bytes of the whole frame
/// @param metadataLength bytes of the metadata with prefix and padding
/// @param crc CRC-32C of the frame with this field read as zero; 0 unless `checked`
/// @param bodyLength bytes of the body with padding
/// @param rowCount rows of a batch, entries of a dictionary, total rows in an end frame
/// @param frameNumber 0 for the schema frame, then one more each
/// @param dictionaryId the id in a dictionary frame, else 0
/// @param streamLength bytes of the stream before this frame
public record FrameHeader(
    FrameKind kind,
    boolean checked,
    long frameLength,
    int metadataLength,
    int crc,
    long bodyLength,
    long rowCount,
    long frameNumber,
    long dictionaryId,
    long streamLength) {

  /// The length of a header, and what every length in a frame is a multiple of.
  public static final int LENGTH = 64;

  static final int CRC_OFFSET = 20;
  private static final int MAGIC = 'B' | 'X' << 8 | 'L' << 16 | '1' << 24;
  private static final int FLAG_CHECKED = 1;

  /// Reads the header at the position of `source`, which is left unchanged.
  ///
  /// @param expectedFrame the number the frame should have; errors name it
  /// @throws BxlException `TRUNCATED`, `BAD_MAGIC` or `BAD_HEADER`
  public static FrameHeader parse(ByteBuffer source, long expectedFrame) throws BxlException {
    if (source.remaining() < LENGTH) {
      throw BxlException.in(
          BxlError.TRUNCATED,
          expectedFrame,
          "a header is 64 bytes long but only " + source.remaining() + " are there");
    }
    ByteBuffer bytes = source.slice(source.position(), LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getInt(0) != MAGIC) {
      throw BxlException.at(BxlError.BAD_MAGIC, expectedFrame, 0, "the frame must start with BXL1");
    }
    FrameKind kind = FrameKind.ofCode(bytes.get(4));
    if (kind == null) {
      throw bad(expectedFrame, 4, "unknown kind " + Byte.toUnsignedInt(bytes.get(4)));
    }
    int flags = bytes.get(5);
    if ((flags & ~FLAG_CHECKED) != 0) {
      throw bad(expectedFrame, 5, "unknown flags 0x" + Integer.toHexString(flags & 0xFF));
    }
    if (bytes.getShort(6) != 0) {
      throw bad(expectedFrame, 6, "reserved bytes must be zero");
    }
    FrameHeader header =
        new FrameHeader(
            kind,
            (flags & FLAG_CHECKED) != 0,
            bytes.getLong(8),
            bytes.getInt(16),
            bytes.getInt(CRC_OFFSET),
            bytes.getLong(24),
            bytes.getLong(32),
            bytes.getLong(40),
            bytes.getLong(48),
            bytes.getLong(56));
    header.requireConsistent(expectedFrame);
    return header;
  }

  /// Writes the header at the position of `target`, which advances by 64.
  public void write(ByteBuffer target) {
    ByteBuffer bytes = target.slice(target.position(), LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, MAGIC);
    bytes.put(4, (byte) kind.code());
    bytes.put(5, (byte) (checked ? FLAG_CHECKED : 0));
    bytes.putShort(6, (short) 0);
    bytes.putLong(8, frameLength);
    bytes.putInt(16, metadataLength);
    bytes.putInt(CRC_OFFSET, crc);
    bytes.putLong(24, bodyLength);
    bytes.putLong(32, rowCount);
    bytes.putLong(40, frameNumber);
    bytes.putLong(48, dictionaryId);
    bytes.putLong(56, streamLength);
    target.position(target.position() + LENGTH);
  }

  FrameHeader withCrc(int value) {
    return new FrameHeader(
        kind,
        true,
        frameLength,
        metadataLength,
        value,
        bodyLength,
        rowCount,
        frameNumber,
        dictionaryId,
        streamLength);
  }

  private void requireConsistent(long expectedFrame) throws BxlException {
    if (metadataLength < 0 || metadataLength % LENGTH != 0) {
      throw bad(
          expectedFrame,
          16,
          "metadata length "
              + Integer.toUnsignedString(metadataLength)
              + " must be a multiple of 64 below 2 GiB");
    }
    if ((kind == FrameKind.END) != (metadataLength == 0)) {
      throw bad(expectedFrame, 16, "an end frame has no metadata, every other frame has");
    }
    if (!checked && crc != 0) {
      throw bad(expectedFrame, CRC_OFFSET, "the CRC field must be zero when its flag is clear");
    }
    if (bodyLength < 0 || bodyLength % LENGTH != 0) {
      throw bad(
          expectedFrame,
          24,
          "body length " + Long.toUnsignedString(bodyLength) + " must be a multiple of 64");
    }
    boolean hasBody = kind == FrameKind.DICTIONARY || kind == FrameKind.BATCH;
    if (!hasBody && bodyLength != 0) {
      throw bad(expectedFrame, 24, "only dictionary and batch frames have a body");
    }
    if (bodyLength > Long.MAX_VALUE - LENGTH - metadataLength
        || frameLength != LENGTH + metadataLength + bodyLength) {
      throw bad(
          expectedFrame,
          8,
          "frame length "
              + Long.toUnsignedString(frameLength)
              + " must be 64 + metadata length + body length");
    }
    if (rowCount < 0 || (kind == FrameKind.SCHEMA && rowCount != 0)) {
      throw bad(expectedFrame, 32, "row count " + Long.toUnsignedString(rowCount));
    }
    if (kind != FrameKind.DICTIONARY && dictionaryId != 0) {
      throw bad(expectedFrame, 48, "only a dictionary frame has a dictionary id");
    }
  }

  private static BxlException bad(long frame, int offset, String sentence) {
    return BxlException.at(BxlError.BAD_HEADER, frame, offset, sentence);
  }
}
