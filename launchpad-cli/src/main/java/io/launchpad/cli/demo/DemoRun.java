// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.demo;

import io.launchpad.cli.demo.DemoStep.Ending;
import io.launchpad.cli.output.ConsoleListener;
import io.launchpad.cli.output.PictureSaver;
import io.launchpad.cli.output.TableWriter;
import io.launchpad.cli.workbench.Workbench;
import io.launchpad.embedded.EmbeddedEngine;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.result.ResultListener;
import io.launchpad.embedded.result.ResultRows;
import io.launchpad.embedded.result.SqlMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;

/// The steps of the demo being run and shown, with what they took as measured.
final class DemoRun {
  private static final int LINES_BEFORE_CANCEL = 3;

  private final Workbench bench;
  private final Path data;
  private final Path pictures;
  private final PrintWriter out;
  private int number;

  DemoRun(Workbench bench, Path data, Path pictures, PrintWriter out) {
    this.bench = bench;
    this.data = data;
    this.pictures = pictures;
    this.out = out;
  }

  /// Runs one step; false when it did not end as it should.
  boolean run(DemoStep step) throws IOException {
    String statements = step.statements(data);
    out.printf(
        "%n── %d. %s %s%n%n",
        number++, step.title(), "─".repeat(Math.max(3, 70 - step.title().length())));
    statements.lines().forEach(line -> out.println("  " + line));
    out.println();
    long rows = rows(step);
    var shown =
        new ConsoleListener(
            new TableWriter(out), out, Optional.of(new PictureSaver(pictures)), bench.allocator());
    EmbeddedEngine engine = bench.engine();
    var watched = new Watched(shown, step.ending(), engine);
    long start = System.nanoTime();
    boolean succeeded = engine.execute(statements, watched);
    double seconds = (System.nanoTime() - start) / 1e9;
    out.println(
        rows == 0
            ? String.format("%.3f s", seconds)
            : String.format("%.3f s for %,d rows: %,.0f rows/s", seconds, rows, rows / seconds));
    if (succeeded != (step.ending() == Ending.SUCCESS)) {
      out.println("This step did not end as it should.");
      return false;
    }
    return true;
  }

  private long rows(DemoStep step) {
    if (step.rowsFrom().isEmpty()) {
      return 0;
    }
    long[] rows = {0};
    bench
        .engine()
        .execute(
            step.rowsFrom(),
            new Quiet() {
              @Override
              public void result(ResultRows result) throws IOException {
                result.reader().loadNextBatch();
                rows[0] =
                    ((BigIntVector) result.reader().getVectorSchemaRoot().getVector(0)).get(0);
              }
            });
    return rows[0];
  }

  /// Passes everything on, and cancels a script that is to be cancelled when it has said enough.
  private static final class Watched implements ResultListener {
    private final ResultListener shown;
    private final Ending ending;
    private final EmbeddedEngine engine;
    private int lines;

    Watched(ResultListener shown, Ending ending, EmbeddedEngine engine) {
      this.shown = shown;
      this.ending = ending;
      this.engine = engine;
    }

    @Override
    public void result(ResultRows rows) throws Exception {
      shown.result(rows);
    }

    @Override
    public void rowCount(long rows) {
      shown.rowCount(rows);
    }

    @Override
    public void message(SqlMessage message) {
      shown.message(message);
      lines += (int) message.text().lines().filter(line -> line.startsWith("step ")).count();
      if (ending == Ending.CANCELLED && lines >= LINES_BEFORE_CANCEL) {
        engine.cancel();
      }
    }

    @Override
    public void error(SqlError error) {
      shown.error(error);
    }
  }

  /// Hears nothing it is not made to hear.
  private abstract static class Quiet implements ResultListener {
    @Override
    public void rowCount(long rows) {}

    @Override
    public void message(SqlMessage message) {}

    @Override
    public void error(SqlError error) {
      throw new IllegalStateException(error.toString());
    }
  }
}
