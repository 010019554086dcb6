// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `launchpad sql`, with the private service that it starts.
final class CommandLineTest {
  @TempDir private Path folder;

  /// What the command printed, and how it ended.
  record Ran(int status, String out, String err) {}

  private Ran sql(String text) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    var builder =
        new ProcessBuilder(Installation.command().toString(), "sql", "--format", "csv", "-e", text)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("LAUNCHPAD_RUNTIMES", Installation.runtimes().toString());
    Process process = builder.start();
    try {
      assertTrue(
          process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS), "it did not end in time");
    } finally {
      process.destroyForcibly();
    }
    return new Ran(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void sql_printsWhatAScriptMadeOfAQuery() throws Exception {
    Ran ran =
        sql(
            """
            EXEC sp_execute_external_script @language = N'Python',
              @script = N'OutputDataSet = InputDataSet * 2',
              @input_data_1 = N'SELECT 21 AS answer'
            WITH RESULT SETS ((answer int))
            """);
    assertEquals("\"answer\"\n\"42\"\n", ran.out(), ran.err());
    assertEquals(0, ran.status());
  }

  @Test
  void sql_endsWithAStatusAndTheTracebackWhenAScriptFails() throws Exception {
    Ran ran = sql("EXEC sp_execute_external_script @language = N'Python', @script = N'1/0'");
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains("Msg 39004"), ran.err());
    assertTrue(ran.err().contains("File \"<script>\", line 1"), ran.err());
  }
}
