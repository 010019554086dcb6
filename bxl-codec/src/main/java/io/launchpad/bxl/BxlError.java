// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

/// The reason a stream was refused: the codes of FORMAT.md section 8.
public enum BxlError {
  /// The frame does not start with `BXL1`.
  BAD_MAGIC,
  /// Kind, flags, reserved bytes, lengths or alignment are wrong.
  BAD_HEADER,
  /// Frame number or stream length is not the next one.
  BAD_SEQUENCE,
  /// A frame stands where the grammar does not allow it, or after the end.
  BAD_ORDER,
  /// The CRC-32C differs.
  BAD_CHECKSUM,
  /// A limit of [BxlLimits] is passed.
  LIMIT_EXCEEDED,
  /// The input ends inside a frame or before the end frame.
  TRUNCATED,
  /// The flatbuffer is malformed or of the wrong version or kind.
  BAD_METADATA,
  /// Well-formed Arrow that BXL version 1 does not carry.
  UNSUPPORTED,
  /// The schema is inconsistent.
  BAD_SCHEMA,
  /// Nodes, buffers, lengths, null counts or totals do not agree.
  BAD_COUNT,
  /// A buffer lies outside the body, overlaps, is misaligned or too short.
  BAD_BUFFER,
  /// Offsets are negative, decreasing or outside.
  BAD_OFFSETS,
  /// A string is not valid UTF-8.
  BAD_UTF8,
  /// A dictionary is undefined, or an index lies outside it.
  BAD_DICTIONARY,
  /// A decimal or time lies outside its type, or a null stands where none may.
  BAD_VALUE,
  /// The stream's schema is not the declared one.
  SCHEMA_MISMATCH
}
