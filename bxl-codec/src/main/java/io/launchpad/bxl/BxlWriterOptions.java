// SPDX-License-Identifier: Apache-2.0
package io.launchpad.bxl;

/// How a [BxlWriter] cuts and marks its frames.
///
/// @param checksums whether every frame carries a CRC-32C
/// @param rowsPerBatch rows a batch holds at most
/// @param bytesPerBatch bytes of body a batch holds at most, unless a single row is longer
/// @param limits what the reader at the other end accepts
public record BxlWriterOptions(
    boolean checksums, int rowsPerBatch, long bytesPerBatch, BxlLimits limits) {

  /// No checksums, 65,536 rows, 4 MiB, default limits.
  public static final BxlWriterOptions DEFAULT =
      new BxlWriterOptions(false, 1 << 16, 4L << 20, BxlLimits.DEFAULT);

  public BxlWriterOptions {
    if (rowsPerBatch < 1 || rowsPerBatch > limits.batchRows()) {
      throw new IllegalArgumentException(
          "rowsPerBatch must be 1 to " + limits.batchRows() + " but is " + rowsPerBatch);
    }
    if (bytesPerBatch < 1) {
      throw new IllegalArgumentException("bytesPerBatch must be positive but is " + bytesPerBatch);
    }
  }

  public BxlWriterOptions withChecksums(boolean value) {
    return new BxlWriterOptions(value, rowsPerBatch, bytesPerBatch, limits);
  }

  /// The same options for batches of another size.
  public BxlWriterOptions withBatches(int rows, long bytes) {
    return new BxlWriterOptions(checksums, rows, bytes, limits);
  }

  public BxlWriterOptions withLimits(BxlLimits value) {
    return new BxlWriterOptions(checksums, rowsPerBatch, bytesPerBatch, value);
  }
}
