// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.satellite.error.SatelliteException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/// The main input in the pieces that the script runs for: chunks of so many rows, or runs of equal
/// values in the partition columns. An empty input is one empty piece.
public final class Pieces {
  /// Where a batch is to be cut.
  private interface Cutter {
    /// How many rows of the batch from `from` on belong to the piece that holds `held` rows.
    int rowsThatBelong(Batch batch, int from, long held);

    /// Whether the piece is complete whatever follows.
    boolean isFull(long held);
  }

  private final BatchSource source;
  private final Cutter cutter;
  private @Nullable Batch rest;
  private boolean first = true;

  private Pieces(BatchSource source, Cutter cutter) {
    this.source = source;
    this.cutter = cutter;
  }

  /// Chunks of so many rows, the last one shorter.
  public static Pieces chunks(BatchSource source, long rows) {
    return new Pieces(
        source,
        new Cutter() {
          @Override
          public int rowsThatBelong(Batch batch, int from, long held) {
            return (int) Math.min(batch.rowCount() - from, rows - held);
          }

          @Override
          public boolean isFull(long held) {
            return held >= rows;
          }
        });
  }

  /// Runs of equal values in some columns.
  public static Pieces partitions(BatchSource source, List<String> columns) throws IOException {
    Schema schema = source.schema();
    List<Integer> numbers = new ArrayList<>();
    for (String column : columns) {
      numbers.add(number(schema, column));
    }
    var keys = new PartitionKeys(numbers);
    return new Pieces(
        source,
        new Cutter() {
          @Override
          public int rowsThatBelong(Batch batch, int from, long held) {
            return keys.sameAsBefore(batch, from, held == 0);
          }

          @Override
          public boolean isFull(long held) {
            return false;
          }
        });
  }

  private static int number(Schema schema, String column) throws SatelliteException {
    int found = -1;
    int count = 0;
    for (int i = 0; i < schema.getFields().size(); i++) {
      if (schema.getFields().get(i).getName().equals(column)) {
        found = i;
        count++;
      }
    }
    if (count != 1) {
      throw SatelliteException.of(
          ErrorCode.BAD_REQUEST,
          "partition_columns: the main input has %s named '%s'"
              .formatted(count == 0 ? "no column" : count + " columns", column));
    }
    return found;
  }

  /// The next piece as an input; null after the last piece. Waits for all of its rows.
  public @Nullable InputData next(String name, BufferAllocator allocator) throws IOException {
    List<Batch> batches = next();
    return batches == null ? null : InputData.piece(name, allocator, source, batches);
  }

  private @Nullable List<Batch> next() throws IOException {
    List<Batch> piece = new ArrayList<>();
    long held = 0;
    Batch batch = rest == null ? source.next() : rest;
    rest = null;
    while (batch != null) {
      int count = cutter.rowsThatBelong(batch, 0, held);
      if (count < batch.rowCount()) {
        if (count > 0) {
          piece.add(batch.slice(0, count));
        }
        rest = batch.slice(count, batch.rowCount() - count);
        batch.close();
        break;
      }
      piece.add(batch);
      held += count;
      if (cutter.isFull(held)) {
        break;
      }
      batch = source.next();
    }
    boolean some = !piece.isEmpty() || first;
    first = false;
    return some ? piece : null;
  }
}
