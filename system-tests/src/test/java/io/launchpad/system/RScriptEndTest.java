// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// R scripts that end badly, each in its own way, and what the engine is told.
final class RScriptEndTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.ofR().with("runtime.r.parked-min", 2));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static ScriptRequestBuilder request(String script) {
    return ScriptRequest.builder("alice", "R", script);
  }

  private static Outcome run(String script) {
    return engine.run(request(script).build());
  }

  static List<Arguments> endings() {
    return List.of(
        Arguments.of("quit()", ErrorCode.SCRIPT_EXITED, new Exit.Status(0)),
        Arguments.of("q('no', 3)", ErrorCode.SCRIPT_EXITED, new Exit.Status(3)),
        Arguments.of(
            "tools::pskill(Sys.getpid(), 11); Sys.sleep(100)",
            ErrorCode.SCRIPT_CRASHED,
            new Exit.Signal(11)),
        Arguments.of(
            "tools::pskill(Sys.getpid(), 15); Sys.sleep(100)",
            ErrorCode.SCRIPT_CRASHED,
            new Exit.Signal(15)),
        Arguments.of(
            "tools::pskill(Sys.getpid(), 9); Sys.sleep(100)",
            ErrorCode.SATELLITE_LOST,
            new Exit.Signal(9)));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void script_isReportedWithHowItsProcessEnded(String script, ErrorCode code, Exit exit) {
    Outcome outcome = run("cat('before\\n')\n" + script);
    ErrorInfo error = outcome.failed(code);
    assertEquals(Optional.of(exit), error.exit());
    assertFalse(error.retrySafe());
    assertTrue(outcome.printed().contains("before\n"), outcome.printed());
  }

  @Test
  void stop_hasItsClassAndTheScriptsLines() {
    ErrorInfo error =
        run("""
        divide <- function(a) {
          if (a == 0) {
            stop("cannot divide")
          }
        }

        divide(0)
        """)
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("simpleError", error.exceptionClass());
    assertEquals("Error in divide(0): cannot divide (line 3 of the script)", error.message());
    assertEquals(List.of(7, 3), lines(error));
    assertTrue(error.tracebackText().contains("<script>:3 in divide"), error.tracebackText());
  }

  @Test
  void conditionOfTheScriptsOwnClass_keepsItsClass() {
    ErrorInfo error =
        run("""
        x <- 1
        stop(structure(class = c("no_stock", "error", "condition"),
                       list(message = "none left", call = NULL)))
        """)
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("no_stock", error.exceptionClass());
    assertEquals("Error: none left (line 2 of the script)", error.message());
  }

  private static List<Integer> lines(ErrorInfo error) {
    return error.trace().orElseThrow().frames().stream()
        .filter(frame -> frame.file().equals("<script>"))
        .map(ErrorInfo.TraceFrame::line)
        .toList();
  }

  @Test
  void syntaxError_namesItsLine() {
    ErrorInfo error = run("x <- 1\ny <- )\n").failed(ErrorCode.SCRIPT_SYNTAX);
    assertTrue(error.message().contains("line 2 of the script"), error.message());
    assertEquals(List.of(2), lines(error));
  }

  @Test
  void endlessRecursion_isAnErrorOfTheScript() {
    ErrorInfo error = run("f <- function(n) f(n + 1)\nf(1)\n").failed(ErrorCode.SCRIPT_ERROR);
    assertTrue(
        error.message().contains("stack") || error.message().contains("nested"), error.message());
    assertTrue(error.message().contains("line "), error.message());
  }

  @Test
  void warningsAsErrors_areErrors() {
    ErrorInfo error = run("options(warn = 2)\nas.integer('x')\n").failed(ErrorCode.SCRIPT_ERROR);
    assertTrue(error.message().contains("converted from warning"), error.message());
    assertEquals(List.of(2), lines(error));
  }

  @Test
  void resultThatIsNoTable_saysWhatItIs() {
    ErrorInfo error = run("OutputDataSet <- 1:3").failed(ErrorCode.RESULT_KIND);
    assertTrue(error.message().contains("class integer"), error.message());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "repeat Sys.sleep(1000)",
        "repeat {}",
        "x <- 0\nrepeat x <- x + sum(sort(runif(1e5)))",
        // Needs the kill.
        "repeat tryCatch(repeat {}, interrupt = function(i) NULL)"
      })
  void cancel_endsTheScript(String script) throws Exception {
    ScriptRequest request =
        request("cat('running=yes\\n')\n" + script).grace(Duration.ofMillis(500)).build();
    try (Call call = engine.start(request)) {
      var _ = call.events().awaitPrinted("running");
      call.execution().cancel("the user is gone");
      call.finish().cancelled();
    }
  }

  @Test
  void deadline_endsTheScript() {
    ScriptRequest request =
        request("repeat {}").deadline(Duration.ofSeconds(2)).grace(Duration.ofMillis(500)).build();
    engine.run(request).failed(ErrorCode.DEADLINE_EXCEEDED);
  }

  @Test
  void forkThatComesToTheScriptsEnd_doesNotAnswer() {
    Outcome outcome =
        run(
            """
            job <- parallel:::mcfork()
            OutputDataSet <- data.frame(who = if (inherits(job, "masterProcess")) "child" else "parent")
            if (inherits(job, "childProcess")) Sys.sleep(0.1)
            """);
    assertEquals("[[parent]]", outcome.success().rows().toString());
  }
}
