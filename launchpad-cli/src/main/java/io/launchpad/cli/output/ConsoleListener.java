// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.output;

import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;

/// Shows what statements give: results to a [ResultWriter], everything else to the error stream, so
/// that a result piped on stays clean.
public final class ConsoleListener implements ResultListener {
  private final ResultWriter results;
  private final PrintWriter notes;
  private final Optional<PictureSaver> pictures;
  private final BufferAllocator allocator;
  private final BooleanSupplier abandoned;
  private boolean failed;
  private long rows;

  /// The number of the stream whose last line has no end yet; 0 for none.
  private int openLine;

  public ConsoleListener(
      ResultWriter results,
      PrintWriter notes,
      Optional<PictureSaver> pictures,
      BufferAllocator allocator) {
    this(results, notes, pictures, allocator, () -> false);
  }

  /// @param abandoned whether nobody reads the results any more, so that their statement has been
  ///   broken off and its failure is nobody's concern
  public ConsoleListener(
      ResultWriter results,
      PrintWriter notes,
      Optional<PictureSaver> pictures,
      BufferAllocator allocator,
      BooleanSupplier abandoned) {
    this.results = results;
    this.notes = notes;
    this.pictures = pictures;
    this.allocator = allocator;
    this.abandoned = abandoned;
  }

  /// Whether any statement has failed.
  public boolean failed() {
    return failed;
  }

  /// Rows of all results and rows changed, so far.
  public long rows() {
    return rows;
  }

  @Override
  public void result(ResultRows result) throws IOException {
    endLine();
    if (pictures.isEmpty()) {
      rows += results.write(result.reader());
      return;
    }
    int before = pictures.get().saved().size();
    rows += results.write(pictures.get().watch(result.reader(), allocator));
    var saved = pictures.get().saved();
    saved.subList(before, saved.size()).forEach(file -> note("Saved " + file));
  }

  @Override
  public void rowCount(long changed) {
    rows += changed;
    note(changed == 1 ? "(1 row affected)" : String.format("(%,d rows affected)", changed));
  }

  /// What a script prints comes in pieces, which need not be whole lines.
  @Override
  public synchronized void message(SqlMessage message) {
    boolean piece = message.number() == SqlMessage.STDOUT || message.number() == SqlMessage.STDERR;
    if (!piece) {
      note(message.text().stripTrailing());
      return;
    }
    if (openLine != message.number()) {
      endLine();
    }
    notes.print(message.text());
    notes.flush();
    openLine = message.text().endsWith("\n") ? 0 : message.number();
  }

  private synchronized void endLine() {
    if (openLine != 0) {
      notes.println();
      openLine = 0;
    }
  }

  @Override
  public void error(SqlError error) {
    failed = true;
    if (abandoned.getAsBoolean()) {
      return;
    }
    note(error.toString());
  }

  private synchronized void note(String text) {
    endLine();
    notes.println(text);
    notes.flush();
  }
}
