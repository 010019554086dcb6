// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// Appends whole columns to an [Output]: arrays of the same length, the first one first.
public interface ColumnWriter {
  /// A column of `bit`s without NULLs.
  ColumnWriter add(String name, boolean[] values);

  /// A column of `int`s without NULLs.
  ColumnWriter add(String name, int[] values);

  /// A column of `int`s.
  ///
  /// @param nulls which values are NULL
  ColumnWriter add(String name, int[] values, boolean[] nulls);

  /// A column of `bigint`s without NULLs.
  ColumnWriter add(String name, long[] values);

  /// A column of `bigint`s.
  ///
  /// @param nulls which values are NULL
  ColumnWriter add(String name, long[] values, boolean[] nulls);

  /// A column of `float`s without NULLs; NaN is a value.
  ColumnWriter add(String name, double[] values);

  /// A column of `float`s.
  ///
  /// @param nulls which values are NULL
  ColumnWriter add(String name, double[] values, boolean[] nulls);

  /// A column of texts, null for NULL.
  ColumnWriter add(String name, @Nullable String[] values);

  /// A column of any type, null for NULL.
  ///
  /// @param column see [Columns]
  ColumnWriter add(Field column, List<? extends @Nullable Object> values);

  /// Appends the columns; the writer starts anew.
  ///
  /// @throws IllegalStateException when the columns are not of the same length
  void write() throws IOException;
}
