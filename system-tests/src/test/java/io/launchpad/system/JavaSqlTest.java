// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `EXEC sp_execute_external_script @language = N'Java'` by the embedded engine.
@Timeout(300)
final class JavaSqlTest {
  private static ServiceUnderTest service;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS);
  }

  @AfterAll
  static void end() throws Exception {
    service.awaitIdle();
    service.close();
  }

  /// What the statements answer as CSV, and what they complain of.
  private List<String> sql(int status, String statements) throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("statements.sql"), statements);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(
                Installation.command().toString(),
                "sql",
                "--connect",
                "unix:" + service.socket(),
                "--format",
                "csv",
                script.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(Deadline.LONG.toSeconds(), TimeUnit.SECONDS));
      String text = Files.readString(out) + Files.readString(err);
      assertEquals(status, process.exitValue(), text);
      return text.lines().filter(line -> !line.isBlank()).toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void call_renamesItsDataAndHasParameters() throws Exception {
    List<String> lines =
        sql(
            0,
            """
            DECLARE @total bigint = 0, @note nvarchar(20);
            EXEC sp_execute_external_script @language = N'Java', @script = N'
            import io.launchpad.sdk.*;

            public class Doubled implements Executor {
              @Override
              public void execute(Call call) throws Exception {
                long total = 0;
                try (RowWriter out = call.output("Result").rows("n", "text")) {
                  for (Row row : call.input("Numbers").rows()) {
                    long n = row.isNull("n") ? -1 : row.getLong("n") * call.parameters().getInt("factor");
                    out.add(row.isNull("n") ? null : n, row.getString("t"));
                    total += n;
                  }
                }
                call.parameters().set("total", total);
              }
            }',
              @input_data_1 = N'SELECT * FROM (VALUES (1, ''a''), (NULL, ''ä''), (3, NULL)) AS v(n, t)',
              @input_data_1_name = N'Numbers', @output_data_1_name = N'Result',
              @params = N'@factor int, @total bigint OUTPUT', @factor = 10, @total = @total OUTPUT
            WITH RESULT SETS ((n int, t nvarchar(10)));
            SELECT @total AS total;
            """);
    assertEquals(
        List.of("\"n\",\"t\"", "\"10\",\"a\"", ",\"ä\"", "\"30\",", "\"total\"", "\"39\""), lines);
  }

  @Test
  void mistake_isToldWithItsLine() throws Exception {
    String text =
        String.join(
            "\n",
            sql(
                1,
                """
                EXEC sp_execute_external_script @language = N'Java', @script = N'
                void main() {
                  throw new IllegalStateException("no");
                }'
                """));
    assertTrue(text.contains("java.lang.IllegalStateException: no (line 3 of the script)"), text);
    assertTrue(text.contains("Msg 39004, Level 16"), text);
    assertTrue(text.contains("at script.main(<script>:3)"), text);
  }
}
