// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/// The formats that `--format` knows.
public enum OutputFormat {
  TABLE,
  CSV,
  JSON,
  ARROW,
  PARQUET;

  /// A writer of this format to `file`, or to `console` when there is none.
  ///
  /// @throws IOException when the file cannot be made, or the format needs one and none is given
  public ResultWriter open(@Nullable Path file, OutputStream console, BufferAllocator allocator)
      throws IOException {
    if (this == PARQUET) {
      if (file == null) {
        throw new IOException("Parquet is a file format: name one with --output FILE");
      }
      return new ParquetFileWriter(file, allocator);
    }
    OutputStream out =
        file == null ? console : new BufferedOutputStream(Files.newOutputStream(file));
    return switch (this) {
      case TABLE -> new TableWriter(new PrintWriter(out, false, StandardCharsets.UTF_8));
      case CSV -> new CsvWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
      case JSON -> new JsonWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
      case ARROW -> new ArrowFileWriter(out);
      case PARQUET -> throw new AssertionError("handled above");
    };
  }
}
