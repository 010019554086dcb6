// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What an R script meets when it wants more than it may have: its policy and its limits are R's
/// own files and processes, and those of every other language.
final class RConfinementTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    Settings settings =
        Settings.ofR()
            .with("runtime.r.parked-min", 2)
            .with("runtime.r.scratch-size", "16MiB")
            .with("runtime.r.scratch-files", 1000)
            .with("limits.output-rows", 1000);
    service =
        ServiceUnderTest.start(
            ServiceUnderTest.isRoot()
                ? settings.with("resource-pool.default.session-memory", "256MiB")
                : settings);
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static Outcome run(String script) {
    return engine.run(ScriptRequest.builder("alice", "R", script).build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "readLines('/etc/shadow')",
        "readLines('/proc/1/environ')",
        "list.files('/home', all.files = TRUE)",
        "file.create('/usr/lib/R/mine')",
        "file.create(file.path(R.home(), 'mine'))",
        "file.create(file.path(find.package('launchpad'), 'mine'))",
        "socketConnection('127.0.0.1', 22, timeout = 1)",
        "url('http://127.0.0.1/')",
        "system('mount -t tmpfs none /mnt', ignore.stderr = TRUE)",
        "system('kill -9 1', ignore.stderr = TRUE)"
      })
  void script_cannotReachBeyondItsSession(String attempt) {
    String script =
        """
        met <- suppressWarnings(tryCatch(
          { value <- %s
            if (identical(value, FALSE) || length(value) == 0 || is.numeric(value) && value != 0) "stopped" else "got it" },
          error = function(e) "stopped"))
        OutputDataSet <- data.frame(met = met)
        """
            .formatted(attempt);
    assertEquals("[[stopped]]", run(script).success().rows().toString());
  }

  @Test
  void ordinaryWork_isNotHindered() {
    String script =
        """
        file <- tempfile()
        write.csv(data.frame(a = 1:3), file)
        stopifnot(nrow(read.csv(file)) == 3)
        stopifnot(system("true") == 0, nchar(system("echo hello", intern = TRUE)) == 5)
        model <- lm(dist ~ speed, cars)
        stopifnot(abs(coef(model)[[2]] - 3.932) < 0.01)
        saveRDS(model, "model.rds")
        bytes <- serialize(readRDS("model.rds"), NULL)
        stopifnot(length(bytes) > 100, solve(matrix(c(2, 0, 0, 2), 2))[1] == 0.5)
        pdf("plot.pdf"); plot(1:3); invisible(dev.off())
        fast <- data.table::fread("a,b\\n1,2\\n")
        OutputDataSet <- data.frame(ok = TRUE)
        """;
    assertEquals("[[true]]", run(script).success().rows().toString());
  }

  /// R itself does not say that nothing was written; the file does.
  @Test
  void scratchFolder_takesNoMoreThanItsSize() {
    String script =
        """
        target <- file("large", "wb")
        suppressWarnings(for (i in 1:100) writeBin(raw(1e6), target))
        close(target)
        OutputDataSet <- data.frame(bytes = file.size("large"))
        """;
    double bytes = (Double) run(script).success().rows().getFirst().getFirst();
    assertTrue(bytes > 1e6 && bytes <= 16 << 20, "bytes: " + bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          scratch bytes | "saveRDS(raw(3e7), 'large', compress = FALSE)"
          scratch bytes | "data.table::fwrite(list(rep('0123456789', 3e6)), 'large')"
          scratch files | "for (i in 1:1e6) close(file(as.character(i), 'w'))"
          """)
  void softLimit_isNamedWhenTheScriptFailsOfIt(String name, String script) {
    ErrorInfo error = run(script).failed(ErrorCode.SCRIPT_ERROR);
    assertEquals(name, error.limit().orElseThrow().name(), error.toString());
  }

  @Test
  void memoryBeyondTheLimit_endsTheSessionWithItsName() {
    if (!ServiceUnderTest.isRoot()) {
      return; // an ordinary user has no control groups here
    }
    ErrorInfo error = run("x <- numeric(1e8); x[] <- 1").failed(ErrorCode.MEMORY_LIMIT);
    assertEquals("memory", error.limit().orElseThrow().name());
    assertEquals(Optional.of(new Exit.Signal(9)), error.exit());
  }

  @Test
  void moreRowsThanAllowed_areRefused() {
    run("OutputDataSet <- data.frame(a = 1:2000)").failed(ErrorCode.OUTPUT_LIMIT);
    assertEquals(List.of(List.of(1)), run("OutputDataSet <- data.frame(a = 1L)").success().rows());
  }
}
