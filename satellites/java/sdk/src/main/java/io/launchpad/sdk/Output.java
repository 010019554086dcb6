// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import java.io.IOException;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/// One output of a call: a table that the script gives back, sent while it is written.
///
/// May be written to any number of times; each time appends. Columns are taken by position. Where
/// the caller has declared the result (`WITH RESULT SETS`), values are converted to what was
/// declared and each must fit exactly: decimals and fractions of a second are rounded as SQL's CAST
/// does, nothing else is. Otherwise the first write says what the columns are.
public interface Output {
  /// Its name in the request.
  String name();

  /// The columns that the caller has declared.
  Optional<Schema> declared();

  /// Appends the rows of Arrow vectors, which stay the script's.
  void write(VectorSchemaRoot rows) throws IOException;

  /// Appends the rows of Arrow vectors some of which are dictionary-encoded.
  void write(VectorSchemaRoot rows, DictionaryProvider dictionaries) throws IOException;

  /// Appends all batches of a reader, which is left open.
  void write(ArrowReader reader) throws IOException;

  /// Appends columns that are arrays: `output.columns().add("id", ids).add("name", names).write()`.
  ColumnWriter columns();

  /// Appends row by row, of the columns that the caller has declared.
  ///
  /// @throws IllegalStateException when none are declared
  RowWriter rows();

  /// Appends row by row. Each column is of the class of the first value in it that is not null:
  /// [Boolean], [Short], [Integer], [Long], [Float], [Double], [String], `byte[]`,
  /// [java.time.LocalDate] or [java.util.UUID]; other classes do not say enough.
  ///
  /// The first rows are kept until each column has shown a value; close the writer, which sends
  /// them.
  ///
  /// @param columns their names
  RowWriter rows(String... columns);

  /// Appends row by row.
  ///
  /// @param columns see [Columns]
  RowWriter rows(Field... columns);
}
