// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static io.launchpad.system.PseudoTerminal.CTRL_C;
import static io.launchpad.system.PseudoTerminal.CTRL_D;
import static io.launchpad.system.PseudoTerminal.ENTER;
import static io.launchpad.system.PseudoTerminal.TAB;
import static io.launchpad.system.PseudoTerminal.UP;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `launchpad sql --connect` at a terminal.
@Timeout(180)
final class InteractiveTest {
  private static final String PROMPT = "sql> ";
  private static final String FURTHER_PROMPT = "   > ";

  private static ServiceUnderTest service;

  @TempDir private Path home;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 1));
  }

  @AfterAll
  static void end() throws Exception {
    service.awaitIdle();
    service.close();
  }

  private PseudoTerminal shell() throws IOException {
    return PseudoTerminal.run(
        Map.of("HOME", home.toString()),
        Installation.command().toString(),
        "sql",
        "--connect",
        "unix:" + service.socket());
  }

  @Test
  void batch_runsAtASemicolonOrAtGoAndMayHaveManyLines() throws Exception {
    try (var shell = shell()) {
      shell.await("Ctrl-C cancels");
      shell.await(PROMPT);
      shell.type("SELECT 40 + 2 AS answer;" + ENTER);
      shell.await("answer\n------\n    42\n(1 row)");
      shell.await(PROMPT);
      shell.type("DECLARE @x int = 6" + ENTER);
      shell.await(FURTHER_PROMPT);
      shell.type("SELECT @x * 7 AS product" + ENTER);
      shell.await(FURTHER_PROMPT);
      shell.type("GO" + ENTER);
      shell.await("product\n-------\n     42\n(1 row)");
      shell.await(PROMPT);
      shell.type("SELECT nosuch;" + ENTER);
      shell.await("Msg 207, Level 16");
      shell.await(PROMPT);
      shell.type("\\q" + ENTER);
      assertEquals(0, shell.awaitEnd());
    }
  }

  @Test
  void ctrlC_cancelsTheStatementAndNotTheShell() throws Exception {
    try (var shell = shell()) {
      shell.await(PROMPT);
      shell.type(
          "EXEC sp_execute_external_script N'Python', N'print(\"is running\"); [i for i in iter(int,"
              + " 1)]';"
              + ENTER);
      shell.await("STDOUT message(s) from external script:\nis running\n");
      shell.type(CTRL_C);
      shell.await("Msg 3204, Level 16, State 1, Line 1\nThe statement was cancelled.");
      shell.await(PROMPT);
      // What was typed and not run is dropped.
      shell.type("SELECT 1 AS dropped");
      shell.await("dropped");
      shell.type(CTRL_C);
      shell.await(PROMPT);
      shell.type("SELECT 'still here' AS a;" + ENTER);
      shell.await("still here\n(1 row)");
      leave(shell);
    }
    service.awaitIdle();
  }

  @Test
  void ctrlC_stopsRowsThatScroll() throws Exception {
    try (var shell = shell()) {
      shell.await(PROMPT);
      shell.type("SELECT * FROM range(1000000000000);" + ENTER);
      shell.await("1500\n");
      shell.type(CTRL_C);
      shell.await("Msg 3204, Level 16, State 1, Line 1\nThe statement was cancelled.");
      leave(shell);
    }
  }

  @Test
  void history_bringsBatchesBackInTheNextSessionToo() throws Exception {
    try (var shell = shell()) {
      shell.await(PROMPT);
      shell.type("SELECT 'first' || 'ly' AS a;" + ENTER);
      shell.await("firstly\n(1 row)");
      shell.await(PROMPT);
      shell.type(UP + ENTER);
      shell.await("firstly\n(1 row)");
      leave(shell);
    }
    try (var shell = shell()) {
      shell.await(PROMPT);
      shell.type(UP + ENTER);
      shell.await("firstly\n(1 row)");
      leave(shell);
    }
  }

  @Test
  void tab_completesWords() throws Exception {
    try (var shell = shell()) {
      shell.await(PROMPT);
      shell.type("EXEC sp_e" + TAB);
      shell.await("sp_execute_external_script");
      shell.type("@lang" + TAB);
      shell.await("@language");
      shell.type("= N'Python', @script = N'print(6 * 7)';" + ENTER);
      shell.await("STDOUT message(s) from external script:\n42\n");
      leave(shell);
    }
  }

  private static void leave(PseudoTerminal shell) throws Exception {
    shell.await(PROMPT);
    shell.type(CTRL_D);
    assertEquals(0, shell.awaitEnd());
  }
}
