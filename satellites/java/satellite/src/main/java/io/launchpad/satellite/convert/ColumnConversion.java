// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.convert;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.satellite.error.SatelliteException;
import io.launchpad.sdk.Values;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/// A column as the field that the result has (PROTOCOL.md section 9): as it is when it is of the
/// same type, else value by value.
public final class ColumnConversion {
  private static final String EXTENSION = "ARROW:extension:name";
  private static final String SQL_TYPE = "launchpad:sql_type";

  private final BufferAllocator allocator;
  private final DictionaryProvider dictionaries;
  private final long rowsBefore;

  /// @param rowsBefore how many rows of the result there are already, for errors
  public ColumnConversion(
      BufferAllocator allocator, DictionaryProvider dictionaries, long rowsBefore) {
    this.allocator = allocator;
    this.dictionaries = dictionaries;
    this.rowsBefore = rowsBefore;
  }

  /// The column itself, or a new one that is the caller's to close.
  public FieldVector convert(FieldVector column, int rows, Field wanted) throws SatelliteException {
    boolean same = isSame(column.getField(), wanted);
    FieldVector converted = same ? column : converted(column, rows, wanted);
    if (!wanted.isNullable() && converted.getNullCount() > 0) {
      int row = 0;
      while (!converted.isNull(row)) {
        row++;
      }
      if (!same) {
        converted.close();
      }
      throw isNull(wanted, rowsBefore + row + 1);
    }
    return converted;
  }

  private FieldVector converted(FieldVector column, int rows, Field wanted)
      throws SatelliteException {
    FieldVector target = wanted.createVector(allocator);
    boolean complete = false;
    try {
      target.setInitialCapacity(rows);
      target.allocateNew();
      for (int row = 0; row < rows; row++) {
        set(target, row, Values.get(column, row, dictionaries), wanted, rowsBefore + row + 1);
      }
      target.setValueCount(rows);
      complete = true;
      return target;
    } finally {
      if (!complete) {
        target.close();
      }
    }
  }

  /// Sets one value, or says which one does not fit.
  public static void set(
      FieldVector target, int row, @Nullable Object value, Field wanted, long resultRow)
      throws SatelliteException {
    try {
      CellWriter.set(target, row, value);
    } catch (DoesNotFit e) {
      throw SatelliteException.ofValue(
          ErrorCode.RESULT_CONVERSION,
          wanted.getName(),
          resultRow,
          "column '%s', row %d: %s does not fit %s%s"
              .formatted(
                  wanted.getName(),
                  resultRow,
                  value == null ? "NULL" : CellWriter.shown(value),
                  typeName(wanted),
                  e.reason()));
    }
  }

  /// The error for a NULL in a column that must hold none.
  public static SatelliteException isNull(Field wanted, long resultRow) {
    return SatelliteException.ofValue(
        ErrorCode.RESULT_NULL,
        wanted.getName(),
        resultRow,
        "column '%s', row %d: NULL in a column declared NOT NULL"
            .formatted(wanted.getName(), resultRow));
  }

  /// How an error calls a type: as it was declared in SQL, else as Arrow does.
  public static String typeName(Field field) {
    String declared = field.getMetadata().get(SQL_TYPE);
    return declared != null
        ? declared
        : extension(field).isEmpty() ? field.getType().toString() : extension(field);
  }

  /// Whether values of one field are values of the other as they lie in memory.
  public static boolean isSame(Field one, Field other) {
    if (!Objects.equals(one.getDictionary(), other.getDictionary())
        || !one.getType().equals(other.getType())
        || !extension(one).equals(extension(other))
        || one.getChildren().size() != other.getChildren().size()) {
      return false;
    }
    for (int i = 0; i < one.getChildren().size(); i++) {
      if (!isSame(one.getChildren().get(i), other.getChildren().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String extension(Field field) {
    return field.getMetadata().getOrDefault(EXTENSION, "");
  }
}
