// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import io.launchpad.cli.output.ConsoleListener;
import io.launchpad.cli.output.OutputFormat;
import io.launchpad.cli.output.PictureSaver;
import io.launchpad.cli.output.ResultWriter;
import io.launchpad.cli.workbench.ConnectOptions;
import io.launchpad.cli.workbench.Workbench;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs SQL with external scripts on the embedded engine.
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Runs SQL with external scripts on the embedded engine.",
      "",
      "Results go to standard output or --output, messages and errors to standard error. The exit status is 1 when a "
          + "statement failed."
    })
public final class SqlCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "the statements to run; without FILE and -e they are read from the terminal or standard input")
  private @Nullable Path file;

  @Option(
      names = {"-e", "--execute"},
      paramLabel = "TEXT",
      description = "run these statements")
  private @Nullable String text;

  @Option(
      names = {"-d", "--database"},
      paramLabel = "FILE",
      description = "the DuckDB database; without it everything is in memory and gone at the end")
  private @Nullable Path database;

  @Option(
      names = "--format",
      defaultValue = "table",
      paramLabel = "FORMAT",
      description = "table (default), csv, json, arrow or parquet")
  private OutputFormat format = OutputFormat.TABLE;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "write results to this file")
  private @Nullable Path output;

  @Option(
      names = "--pictures",
      paramLabel = "FOLDER",
      description = "save PNG pictures of results in this folder")
  private @Nullable Path pictures;

  @Mixin private final ConnectOptions connect = new ConnectOptions();

  public SqlCommand() {}

  @Override
  public Integer call() throws IOException {
    if (file != null && text != null) {
      throw new IOException("give either a file or -e, not both");
    }
    PrintWriter notes = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Optional<PictureSaver> saver = Optional.ofNullable(pictures).map(PictureSaver::new);
    try (Workbench bench = Workbench.open(connect, database)) {
      var console = console(bench);
      try (ResultWriter results = format.open(output, console, bench.allocator())) {
        var listener =
            new ConsoleListener(results, notes, saver, bench.allocator(), console::isReaderGone);
        if (file == null && text == null && isAtTerminal()) {
          new Shell(bench.engine(), listener).run();
          return 0;
        }
        boolean succeeded = bench.engine().execute(statements(), listener);
        if (console.isReaderGone()) {
          return ConsoleOutput.NOBODY_READS;
        }
        return succeeded ? 0 : 1;
      }
    }
  }

  /// Java 25 gives no console again where there is none; the check knows Java 22 to 24 only.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isAtTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// Standard output without the conversions of System.out, and not closed with the writer. When
  /// nobody reads it any more, no further statement is begun.
  private static ConsoleOutput console(Workbench bench) {
    return new ConsoleOutput(new FileOutputStream(FileDescriptor.out), bench.engine()::cancel);
  }

  private String statements() throws IOException {
    if (text != null) {
      return text;
    }
    return file != null
        ? Files.readString(file)
        : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
