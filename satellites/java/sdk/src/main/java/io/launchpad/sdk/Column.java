// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// One column of a table. Rows are numbered from 0.
///
/// A getter that cannot give exactly the value it finds throws an [IllegalStateException] that
/// names column, row and value; so does one of a primitive that finds NULL.
public final class Column {
  private final Field field;
  private final List<FieldVector> vectors;
  private final List<DictionaryProvider> dictionaries;
  private final int[] starts;
  private final UnaryOperator<@Nullable Object> view;
  private int part;

  /// @param starts the number of each vector's first row, and at the end that of all rows
  Column(
      Field field,
      List<FieldVector> vectors,
      List<DictionaryProvider> dictionaries,
      int[] starts,
      UnaryOperator<@Nullable Object> view) {
    this.field = field;
    this.vectors = List.copyOf(vectors);
    this.dictionaries = List.copyOf(dictionaries);
    this.starts = starts;
    this.view = view;
  }

  public String name() {
    return field.getName();
  }

  /// Its type, nullability and metadata; `launchpad:sql_type` among the latter is the SQL type.
  public Field field() {
    return field;
  }

  public int size() {
    return starts[vectors.size()];
  }

  /// The vectors it consists of, one below the other.
  public List<FieldVector> vectors() {
    return vectors;
  }

  /// The value as the Java class that the column's type has, null for NULL.
  public @Nullable Object get(int row) {
    FieldVector vector = vectorOf(row);
    return view.apply(Values.get(vector, row - starts[part], dictionaries.get(part)));
  }

  public boolean isNull(int row) {
    FieldVector vector = vectorOf(row);
    return vector.isNull(row - starts[part]);
  }

  public boolean getBoolean(int row) {
    return Numbers.toBoolean(get(row), place(row));
  }

  public int getInt(int row) {
    if (vectorOf(row) instanceof IntVector ints && !isNull(row) && field.getDictionary() == null) {
      return ints.get(row - starts[part]);
    }
    return Numbers.toInt(get(row), place(row));
  }

  public long getLong(int row) {
    if (isPlainLong() && vectorOf(row) instanceof BigIntVector longs && !isNull(row)) {
      return longs.get(row - starts[part]);
    }
    return Numbers.toLong(get(row), place(row));
  }

  public double getDouble(int row) {
    if (vectorOf(row) instanceof Float8Vector doubles && !isNull(row)) {
      return doubles.get(row - starts[part]);
    }
    return Numbers.toDouble(get(row), place(row));
  }

  /// The number, null for NULL.
  public @Nullable BigDecimal getDecimal(int row) {
    return Numbers.toDecimal(get(row), place(row));
  }

  /// The value as text, null for NULL.
  public @Nullable String getString(int row) {
    Object value = get(row);
    return value == null ? null : value.toString();
  }

  /// All values, none of which is NULL.
  public int[] ints() {
    int[] all = new int[size()];
    Arrays.setAll(all, this::getInt);
    return all;
  }

  /// All values, none of which is NULL.
  public long[] longs() {
    long[] all = new long[size()];
    Arrays.setAll(all, this::getLong);
    return all;
  }

  /// All values, none of which is NULL.
  public double[] doubles() {
    double[] all = new double[size()];
    Arrays.setAll(all, this::getDouble);
    return all;
  }

  /// All values as text, null for NULL.
  public @Nullable String[] strings() {
    @Nullable String[] all = new @Nullable String[size()];
    for (int row = 0; row < all.length; row++) {
      all[row] = getString(row);
    }
    return all;
  }

  private boolean isPlainLong() {
    return field.getDictionary() == null && !field.getMetadata().containsKey(Values.EXTENSION);
  }

  /// The vector that holds the row; `part` is then its number.
  private FieldVector vectorOf(int row) {
    if (row < 0 || row >= size()) {
      throw new IndexOutOfBoundsException("row " + row + " of " + size());
    }
    if (row < starts[part] || row >= starts[part + 1]) {
      int found = Arrays.binarySearch(starts, row);
      part = found >= 0 ? found : -found - 2;
      while (starts[part + 1] == starts[part]) {
        part++; // batches without rows
      }
    }
    return vectors.get(part);
  }

  private String place(int row) {
    return "column '%s', row %d".formatted(name(), row);
  }
}
