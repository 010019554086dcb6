// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.QuoteMode;

/// Result sets as CSV (RFC 4180) with a header line; an empty line stands between two results.
///
/// NULL is an empty field, an empty string is `""`.
public final class CsvWriter implements ResultWriter {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setQuoteMode(QuoteMode.ALL_NON_NULL)
          .setNullString("")
          .setRecordSeparator("\n")
          .get();

  private final Writer out;
  private boolean first = true;

  public CsvWriter(Writer out) {
    this.out = out;
  }

  @Override
  public long write(ArrowReader result) throws IOException {
    if (!first) {
      out.write('\n');
    }
    first = false;
    long[] rows = {0};
    CSVPrinter printer = new CSVPrinter(out, FORMAT);
    printer.printRecord(Batches.labels(result));
    Batches.forEach(
        result,
        batch -> {
          for (int row = 0; row < batch.rows(); row++) {
            print(printer, batch.columns(), row);
          }
          rows[0] += batch.rows();
        });
    printer.flush();
    return rows[0];
  }

  private static void print(CSVPrinter printer, List<FieldVector> columns, int row)
      throws IOException {
    for (FieldVector column : columns) {
      printer.print(CellText.of(column, row));
    }
    printer.println();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
