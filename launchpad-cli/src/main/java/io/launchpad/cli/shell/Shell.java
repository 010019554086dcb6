// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import io.launchpad.cli.output.ConsoleListener;
import io.launchpad.embedded.EmbeddedEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/// Statements typed by a person, with history and completion.
///
/// A batch is run when it ends with a line `GO`, or with a semicolon outside strings and comments;
/// until then it is edited as a whole. Ctrl-C drops what has been typed, or cancels what is
/// running.
final class Shell {
  private static final String WELCOME =
      """
      Statements end with ; at the end of a line, or with GO. \\q or Ctrl-D leaves, Ctrl-C cancels.
      Try:  EXEC sp_execute_external_script @language = N'Python', @script = N'print(1 + 1)';
      """;
  private static final List<String> WORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP BY",
          "ORDER BY",
          "INSERT INTO",
          "VALUES",
          "CREATE TABLE",
          "DROP TABLE",
          "DECLARE",
          "SET",
          "PRINT",
          "EXEC",
          "GO",
          "WITH RESULT SETS",
          "sp_execute_external_script",
          "@language",
          "@script",
          "@input_data_1",
          "@input_data_1_name",
          "@output_data_1_name",
          "@input_data_1_partition_by_columns",
          "@input_data_1_order_by_columns",
          "@params",
          "@parallel",
          "@r_rowsPerRead");

  private final EmbeddedEngine engine;
  private final ConsoleListener listener;

  Shell(EmbeddedEngine engine, ConsoleListener listener) {
    this.engine = engine;
    this.listener = listener;
  }

  void run() throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().name("launchpad").build()) {
      LineReader reader = reader(terminal, history());
      terminal.writer().print(WELCOME);
      SignalHandler _ = terminal.handle(Terminal.Signal.INT, _ -> engine.cancel());
      read(reader);
    }
  }

  /// Reads whole batches.
  static LineReader reader(Terminal terminal, Path history) {
    return LineReaderBuilder.builder()
        .terminal(terminal)
        .appName("launchpad")
        .parser(new BatchInput())
        .completer((_, line, candidates) -> complete(line, candidates))
        .variable(LineReader.HISTORY_FILE, history)
        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   > ")
        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
        // Scripts are indented.
        .option(LineReader.Option.INSERT_TAB, true)
        .build();
  }

  private void read(LineReader reader) {
    while (true) {
      try {
        String batch = reader.readLine("sql> ");
        if (BatchInput.isGoodbye(batch)) {
          return;
        }
        if (!batch.isBlank()) {
          engine.execute(batch, listener);
        }
      } catch (UserInterruptException _) {
        // What was typed is dropped.
      } catch (EndOfFileException _) {
        return;
      }
    }
  }

  private static void complete(ParsedLine line, List<Candidate> candidates) {
    String typed = line.word();
    for (String word : WORDS) {
      if (word.regionMatches(true, 0, typed, 0, typed.length())) {
        candidates.add(new Candidate(word));
      }
    }
  }

  /// Where the user's other programs keep theirs: the JVM's own property follows the account, not
  /// HOME.
  private static Path history() {
    String home = System.getenv("HOME");
    return Path.of(
        home == null || home.isBlank() ? System.getProperty("user.home") : home,
        ".launchpad_history");
  }
}
