// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.io.IOException;
import org.apache.arrow.vector.ipc.ArrowReader;

/// Where one result set goes after another.
public sealed interface ResultWriter extends AutoCloseable
    permits TableWriter, CsvWriter, JsonWriter, ArrowFileWriter, ParquetFileWriter {

  /// Writes a whole result set, reading `result` to its end but not closing it.
  ///
  /// @return the number of rows written
  /// @throws IOException when reading or writing fails, or the format cannot hold the result
  long write(ArrowReader result) throws IOException;

  /// Ends the output; what was written stays.
  @Override
  void close() throws IOException;
}
