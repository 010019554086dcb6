// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `launchpad sql` as a program: what goes to which stream and file, and its exit status.
@Timeout(120)
class SqlCommandTest {
  private static final String EXEC =
      "EXEC sp_execute_external_script @language = N'Python', @script = N'";

  @TempDir private Path folder;

  /// What a run of the command left.
  private record Ended(int status, String out, String err) {}

  private Ended sql(String input, String... arguments) throws Exception {
    return run(
        input,
        Stream.concat(Stream.of(Installation.command().toString(), "sql"), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private Ended run(String input, String... command) throws Exception {
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    var builder =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("LAUNCHPAD_RUNTIMES", Installation.runtimes().toString());
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(100, TimeUnit.SECONDS), "the command does not end");
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void input_isReadFromStandardInputAndShownAsTable() throws Exception {
    Ended ended =
        sql(
            EXEC
                + "OutputDataSet = InputDataSet * 2', @input_data_1 = N'SELECT 21 AS a'"
                + " WITH RESULT SETS ((Answer int NOT NULL))\nGO\n");
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
    assertEquals(
        List.of("Answer", "------", "    42", "(1 row)"),
        ended.out().lines().filter(l -> !l.isEmpty()).toList());
  }

  @Test
  void messages_goToStandardErrorAndLeaveTheResultClean() throws Exception {
    Ended ended =
        sql(
            "",
            "--format",
            "csv",
            "-e",
            "PRINT 'first' "
                + EXEC
                + "print(\"said\", end=\"\"); OutputDataSet = pandas.DataFrame({\"a\": [1]})'");
    assertEquals("\"a\"\n\"1\"\n", ended.out().replace("\r\n", "\n"));
    assertEquals("first\nSTDOUT message(s) from external script:\nsaid\n", ended.err());
    assertEquals(0, ended.status());
  }

  @Test
  void failure_isToldOnStandardErrorWithItsLineAndLaterBatchesStillRun() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("work.sql"),
            "PRINT 'one'\nGO\n" + EXEC + "\nx = 1\nraise ValueError(\"no\")'\nGO\nSELECT 2 AS b\n");
    Ended ended = sql("", "--format", "json", script.toString());
    assertEquals(1, ended.status());
    assertEquals("[\n{\"b\":2}]\n", ended.out());
    assertTrue(ended.err().contains("Msg 39004, Level 16, State 1, Line 3"), ended.err());
    assertTrue(ended.err().contains("File \"<script>\", line 3, in <module>"), ended.err());
    assertTrue(ended.err().contains("ValueError: no"), ended.err());
    assertFalse(ended.err().contains("launchpad_satellite"), ended.err());
  }

  @Test
  void crash_isToldOnce() throws Exception {
    Ended ended = sql("", "-e", EXEC + "import ctypes; ctypes.string_at(0)'");
    assertEquals(1, ended.status());
    assertEquals(2, ended.err().split("Fatal Python error", -1).length, ended.err());
  }

  @Test
  void output_takesParquetAndPicturesAreSavedAsTheyWere() throws Exception {
    Path parquet = folder.resolve("result.parquet");
    Path pictures = folder.resolve("pictures");
    String png = "89504e470d0a1a0a0000000d49484452";
    Ended ended =
        sql(
            "",
            "--format",
            "parquet",
            "--output",
            parquet.toString(),
            "--pictures",
            pictures.toString(),
            "-e",
            EXEC
                + "OutputDataSet = pandas.DataFrame({\"p\": [bytes.fromhex(\""
                + png
                + "\"), None]})'");
    assertEquals(0, ended.status(), ended.err());
    assertEquals("", ended.out());
    byte[] written = Files.readAllBytes(parquet);
    assertEquals("PAR1", new String(written, 0, 4, StandardCharsets.US_ASCII));
    assertEquals(
        png, HexFormat.of().formatHex(Files.readAllBytes(pictures.resolve("picture-1.png"))));
    assertFalse(Files.exists(pictures.resolve("picture-2.png")));
  }

  @Test
  void arguments_thatAreWrongNameTheCause() throws Exception {
    Ended format = sql("", "--format", "exel", "-e", "SELECT 1");
    assertEquals(2, format.status());
    assertTrue(format.err().contains("--format"), format.err());
    Ended file = sql("", folder.resolve("absent.sql").toString());
    assertEquals(1, file.status());
    assertTrue(file.err().contains("absent.sql: no such file"), file.err());
  }

  /// Endless for whoever would read it all, and a statement behind it that must not be begun.
  @Test
  void reader_mayGoBeforeTheEnd() throws Exception {
    Path database = folder.resolve("untouched.duckdb");
    Ended ended =
        run(
            "",
            "bash",
            "-c",
            "\"$0\" \"$@\" | head -n 2; exit ${PIPESTATUS[0]}",
            Installation.command().toString(),
            "sql",
            "--format",
            "csv",
            "-d",
            database.toString(),
            "-e",
            "CREATE TABLE t (a int)\nGO\nSELECT * FROM range(1000000000000)\nGO\nINSERT INTO t VALUES (1)");
    assertEquals(2, ended.out().lines().count());
    assertEquals("", ended.err());
    assertEquals(141, ended.status());
    Ended after = sql("SELECT count(*) AS n FROM t", "--format", "csv", "-d", database.toString());
    assertEquals("\"n\"\n\"0\"\n", after.out().replace("\r\n", "\n"), after.err());
  }

  @Test
  void nullWhereNoneMayBe_failsTheCallAndInsertsNothing() throws Exception {
    Ended ended =
        sql(
            "CREATE TABLE t (a int NOT NULL)\nGO\nINSERT INTO t "
                + EXEC
                + "OutputDataSet = pandas.DataFrame({\"a\": pandas.array([1, None], dtype=\"Int64\")})'"
                + "\nGO\nSELECT count(*) AS n FROM t",
            "--format",
            "csv");
    assertEquals(1, ended.status());
    assertTrue(ended.err().contains("Msg 515, "), ended.err());
    assertEquals("\"n\"\n\"0\"\n", ended.out().replace("\r\n", "\n"), ended.err());
  }

  @Test
  void database_keepsItsTablesForTheNextRun() throws Exception {
    Path database = folder.resolve("kept.duckdb");
    Ended first =
        sql(
            "",
            "-d",
            database.toString(),
            "-e",
            "CREATE TABLE t (a int) INSERT INTO t "
                + EXEC
                + "OutputDataSet = pandas.DataFrame({\"a\": [1, 2]})'");
    assertEquals(0, first.status(), first.err());
    assertEquals("(2 rows affected)\n", first.err());
    Ended second =
        sql("SELECT sum(a) AS s FROM t", "--format", "csv", "--database", database.toString());
    assertEquals("\"s\"\n\"3\"\n", second.out().replace("\r\n", "\n"));
  }
}
