// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `sp_execute_external_script` with R, as a user of T-SQL sees it, in confined satellites.
final class RCallTest {
  private static ServiceUnderTest service;
  private static SqlSession sql;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.ofR().with("runtime.r.parked-min", 2));
    sql = new SqlSession(service);
  }

  @AfterAll
  static void end() throws Exception {
    sql.close();
    service.awaitIdle();
    service.close();
  }

  /// A call of a script with further arguments.
  private static String call(String script, String arguments) {
    return "EXEC sp_execute_external_script @language = N'R', @script = N'"
        + script.replace("'", "''")
        + "'"
        + arguments;
  }

  @Test
  void inputAndOutput_passUnderTheUsualNames() {
    var rows =
        sql.run(
                call(
                    "OutputDataSet <- data.frame(n = nrow(InputDataSet), s = sum(InputDataSet$a))",
                    ", @input_data_1 = N'SELECT a FROM (VALUES (1), (2), (NULL)) t(a) WHERE a > 0'"
                        + " WITH RESULT SETS ((n int, s float))"))
            .succeeded();
    assertEquals(List.of(List.of("2", "3.0")), rows);
  }

  @Test
  void inputAndOutput_passUnderOtherNames() {
    var rows =
        sql.run(
                call(
                    "given$a <- given$a * 2L; result <- given",
                    ", @input_data_1 = N'SELECT 21 AS a', @input_data_1_name = N'given',"
                        + " @output_data_1_name = N'result' WITH RESULT SETS ((a int))"))
            .succeeded();
    assertEquals(List.of(List.of("42")), rows);
  }

  @Test
  void scriptWithoutInputAndOutput_runs() {
    var told = sql.run(call("print(dim(InputDataSet))", ""));
    assertEquals(List.of(), told.succeeded());
    assertTrue(told.printed().contains("[1] 0 0"), told.printed());
  }

  @Test
  void parameters_comeInAndGoOutNullsToo() {
    var rows =
        sql.run(
                "DECLARE @n int = 5, @t nvarchar(20) = N'gruß', @b bigint = 9007199254740993,"
                    + " @x varbinary(10), @none float = 1;\n"
                    + call(
                        """
                        n <- n + 1L
                        t <- paste0(t, "!", is.null(missing_text) || is.na(missing_text))
                        b <- b + 1L
                        x <- as.raw(1:3)
                        none <- NULL
                        """,
                        ", @params = N'@n int OUTPUT, @t nvarchar(20) OUTPUT, @b bigint OUTPUT,"
                            + " @x varbinary(10) OUTPUT, @none float OUTPUT,"
                            + " @missing_text nvarchar(5)', @n = @n OUTPUT, @t = @t OUTPUT,"
                            + " @b = @b OUTPUT, @x = @x OUTPUT, @none = @none OUTPUT,"
                            + " @missing_text = NULL;\n")
                    + "SELECT @n, @t, @b, @x, @none")
            .succeeded();
    assertEquals(List.of(List.of("6", "gruß!TRUE", "9007199254740994", "010203", "null")), rows);
  }

  @Test
  void rowsPerRead_runsTheScriptOnceForEachChunk() {
    var told =
        sql.run(
            call(
                """
                total <- total + nrow(InputDataSet)
                cat(launchpad::session()$run, nrow(InputDataSet), "\n")
                OutputDataSet <- data.frame(n = nrow(InputDataSet), first = InputDataSet$i[1])
                """,
                ", @input_data_1 = N'SELECT i FROM range(250) t(i)',"
                    + " @params = N'@r_rowsPerRead int, @total int OUTPUT', @r_rowsPerRead = 100,"
                    + " @total = 0 WITH RESULT SETS ((n int, first bigint))"));
    assertEquals(
        List.of(List.of("100", "0"), List.of("100", "100"), List.of("50", "200")),
        told.succeeded());
    assertTrue(told.printed().contains("0 100 \n1 100 \n2 50 \n"), told.printed());
  }

  @Test
  void partitions_runTheScriptOnceForEachKey() {
    var rows =
        sql.run(
                call(
                    "OutputDataSet <- data.frame(k = InputDataSet$k[1], s = sum(InputDataSet$v))",
                    ", @input_data_1 = N'SELECT * FROM (VALUES (''b'', 1), (''a'', 2), (NULL, 3),"
                        + " (''a'', 4), (NULL, 5)) t(k, v)',"
                        + " @input_data_1_partition_by_columns = N'k'"
                        + " WITH RESULT SETS ((k nvarchar(5), s int))"))
            .succeeded();
    assertEquals(3, rows.size(), rows.toString());
    assertTrue(rows.contains(List.of("a", "6")), rows.toString());
    assertTrue(rows.contains(List.of("b", "1")), rows.toString());
    assertTrue(rows.contains(List.of("null", "8")), rows.toString());
  }

  @Test
  void dataTableAndTibble_areTables() {
    var rows =
        sql.run(
                call(
                    """
                    library(data.table)
                    d <- as.data.table(InputDataSet)
                    OutputDataSet <- tibble::as_tibble(d[, .(s = sum(v)), by = k][order(k)])
                    """,
                    ", @input_data_1 = N'SELECT i % 2 AS k, i::double AS v FROM range(10) t(i)'"
                        + " WITH RESULT SETS ((k int, s float))"))
            .succeeded();
    assertEquals(List.of(List.of("0", "20.0"), List.of("1", "25.0")), rows);
  }

  @Test
  void outputOfAllKinds_isToldInItsOrder() {
    var told =
        sql.run(
            call(
                """
                cat("one\n")
                message("two")
                f <- function() warning("three")
                f()
                print(4)
                write("five", stderr())
                """,
                ""));
    assertEquals(List.of(), told.succeeded());
    assertEquals("one\ntwo\nWarning in f() : three\n[1] 4\nfive\n", told.printed());
  }

  @Test
  void picture_isReturnedAsItsBytes() {
    var rows =
        sql.run(
                call(
                    """
                    path <- tempfile(fileext = ".png")
                    png(path)
                    plot(1:10, main = "picture")
                    invisible(dev.off())
                    OutputDataSet <- data.frame(plot = readBin(path, "raw", n = 1e6))
                    """,
                    " WITH RESULT SETS ((plot varbinary(max)))"))
            .succeeded();
    assertEquals(1, rows.size());
    assertTrue(rows.getFirst().getFirst().startsWith("89504e470d0a1a0a"), "no PNG");
  }

  @Test
  void parallel_worksWithinTheSessionsShare() {
    var told =
        sql.run(
            call(
                """
                library(parallel)
                cores <- detectCores()
                stopifnot(cores >= 1, getOption("mc.cores") == cores)
                squares <- mclapply(1:8, function(i) i^2, mc.cores = 2)
                OutputDataSet <- data.frame(sum = sum(unlist(squares)))
                """,
                " WITH RESULT SETS ((s float))"));
    assertEquals(List.of(List.of("204.0")), told.succeeded());
  }

  @Test
  void satellites_differInTheirRandomNumbersAndFolders() {
    String script = "OutputDataSet <- data.frame(r = runif(1), f = tempdir())";
    String results = " WITH RESULT SETS ((r float, f nvarchar(100)))";
    var one = sql.run(call(script, results)).succeeded().getFirst();
    var other = sql.run(call(script, results)).succeeded().getFirst();
    assertTrue(!one.getFirst().equals(other.getFirst()), one + " " + other);
    assertTrue(one.getLast().startsWith("/session/"), one.toString());
  }

  @Test
  void compat_mapsTypesAsSqlServerDoes() {
    var rows =
        sql.run(
                "DECLARE @p bigint = 9007199254740993, @o float = 0;\n"
                    + call(
                        """
                        classes <- vapply(c(InputDataSet, list(p = p)), function(v) class(v)[1], "")
                        OutputDataSet <- data.frame(class = classes, f = c(1.5, NaN, Inf, NA, 0))
                        o <- Inf
                        """,
                        ", @input_data_1 = N'SELECT CAST(1 AS bigint) AS b, CAST(1.5 AS decimal(10,2)) AS d,"
                            + " CAST(7 AS int) AS i, CAST(''2024-02-29'' AS date) AS t', @type_mapping = N'compat',"
                            + " @params = N'@p bigint, @o float OUTPUT', @p = @p, @o = @o OUTPUT")
                    + ";\nSELECT @o")
            .succeeded();
    assertEquals(
        List.of(
            List.of("numeric", "1.5"),
            List.of("numeric", "null"),
            List.of("integer", "null"),
            List.of("POSIXct", "null"),
            List.of("numeric", "0.0"),
            List.of("null")),
        rows);
  }

  @Test
  void compat_refusesWhatTheOriginalRefuses() {
    var error =
        sql.run(
                call(
                    "x <- 1",
                    ", @input_data_1 = N'SELECT TIME ''12:00:00'' AS t', @type_mapping = N'compat'"))
            .failed(58016);
    assertTrue(
        error.message().contains("which the type mapping compat does not have"), error.message());
  }

  @Test
  void manyColumnsAndManyRows_passWhole() {
    var rows =
        sql.run(
                call(
                    """
                    wide <- as.data.frame(matrix(1, 2, 1000))
                    OutputDataSet <- data.frame(n = nrow(InputDataSet), s = sum(InputDataSet$v),
                                                w = ncol(wide))
                    """,
                    ", @input_data_1 = N'SELECT 1::double AS v FROM range(300000) t(i)'"
                        + " WITH RESULT SETS ((n int, s float, w int))"))
            .succeeded();
    assertEquals(List.of(List.of("300000", "300000.0", "1000")), rows);
  }
}
