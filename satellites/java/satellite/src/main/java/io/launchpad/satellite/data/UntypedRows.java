// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.data;

import io.launchpad.satellite.convert.NaturalType;
import io.launchpad.sdk.RowWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Rows whose columns have names only: keeps the first ones until each column has shown a value.
final class UntypedRows implements RowWriter {
  /// A column that has shown nothing by then holds nothing.
  private static final int ROWS_KEPT_MAX = 1 << 14;

  /// Makes the writer once the columns are known.
  interface Typed {
    RowsOfOutput rows(List<Field> columns);
  }

  private final List<String> names;
  private final Typed typed;
  private final List<@Nullable Object[]> kept = new ArrayList<>();
  private final @Nullable Object[] shown;
  private @Nullable RowsOfOutput writer;
  private boolean closed;

  UntypedRows(List<String> names, Typed typed) {
    this.names = List.copyOf(names);
    this.typed = typed;
    shown = new @Nullable Object[names.size()];
  }

  @Override
  public RowWriter add(@Nullable Object... values) throws IOException {
    if (writer != null) {
      return writer.add(values);
    }
    if (closed) {
      throw new IllegalStateException("the writer is closed");
    }
    if (values.length != shown.length) {
      throw new IllegalArgumentException(
          "%d values for %d columns".formatted(values.length, shown.length));
    }
    kept.add(values.clone());
    boolean all = true;
    for (int i = 0; i < shown.length; i++) {
      shown[i] = shown[i] == null ? values[i] : shown[i];
      all &= shown[i] != null;
    }
    if (all || kept.size() == ROWS_KEPT_MAX) {
      var _ = decided();
    }
    return this;
  }

  private RowsOfOutput decided() throws IOException {
    RowsOfOutput known = writer;
    if (known == null) {
      List<Field> fields = new ArrayList<>();
      for (int i = 0; i < shown.length; i++) {
        fields.add(NaturalType.of(names.get(i), shown[i]));
      }
      known = typed.rows(fields);
      writer = known;
      for (@Nullable Object[] row : kept) {
        var _ = known.add(row);
      }
      kept.clear();
    }
    return known;
  }

  @Override
  public void flush() throws IOException {
    decided().flush();
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      decided().close();
    }
  }
}
