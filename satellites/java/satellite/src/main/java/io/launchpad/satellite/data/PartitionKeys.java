// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.sdk.Values;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The values of the partition columns in the piece that is being gathered. NULL equals NULL, NaN
/// equals NaN, and 0 equals negative 0.
final class PartitionKeys {
  private final List<Integer> columns;
  private List<@Nullable Object> current = List.of();

  PartitionKeys(List<Integer> columns) {
    this.columns = List.copyOf(columns);
  }

  /// How many rows of the batch, from `from` on, have the current piece's key.
  ///
  /// @param begins whether the first of them decides what the key is
  int sameAsBefore(Batch batch, int from, boolean begins) {
    if (begins) {
      current = key(batch, from);
    }
    int row = from;
    while (row < batch.rowCount() && key(batch, row).equals(current)) {
      row++;
    }
    return row - from;
  }

  private List<@Nullable Object> key(Batch batch, int row) {
    List<@Nullable Object> key = new ArrayList<>(columns.size());
    for (int column : columns) {
      key.add(comparable(Values.get(batch.rows().getVector(column), row, batch.dictionaries())));
    }
    return key;
  }

  private static @Nullable Object comparable(@Nullable Object value) {
    return switch (value) {
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case Double number -> number + 0.0;
      case Float number -> number + 0.0f;
      case null, default -> value;
    };
  }
}
