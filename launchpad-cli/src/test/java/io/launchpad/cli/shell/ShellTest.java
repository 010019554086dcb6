// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the line editor makes of keys.
class ShellTest {

  private static final String SCRIPT =
      "EXEC sp_execute_external_script @language = N'Python',\n  @script = N'x = \"a\\\\nb\";\n\nprint(x)';";

  @TempDir private Path folder;

  private record Session(List<String> batches, List<String> history) {}

  private Session type(String keys) throws IOException {
    var input = new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8));
    try (Terminal terminal = new DumbTerminal(input, new ByteArrayOutputStream())) {
      LineReader reader = Shell.reader(terminal, folder.resolve("history"));
      var batches = new ArrayList<String>();
      assertThrows(
          EndOfFileException.class,
          () -> {
            while (true) {
              batches.add(reader.readLine("sql> "));
            }
          });
      var history = new ArrayList<String>();
      for (History.Entry entry : reader.getHistory()) {
        history.add(entry.line());
      }
      return new Session(batches, history);
    }
  }

  @Test
  void batch_isReadAndKeptAsAWhole() throws IOException {
    Session session = type(SCRIPT + "\nSELECT 1\nGO\n");
    assertEquals(List.of(SCRIPT, "SELECT 1\nGO"), session.batches());
    assertEquals(List.of(SCRIPT, "SELECT 1\nGO"), session.history());
  }

  @Test
  void history_givesAnotherSessionWholeBatches() throws IOException {
    var _ = type(SCRIPT + "\n");
    assertEquals(List.of(SCRIPT), type("").history());
  }

  @Test
  void goodbyeAndEmptyLine_areNoBatchesToBeContinued() throws IOException {
    assertEquals(List.of("", "\\q", " Exit "), type("\n\\q\n Exit \n").batches());
  }
}
