// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts that end badly, each in its own way, and what the engine is told.
final class ScriptEndTest {
  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 2));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  static List<Arguments> endings() {
    return List.of(
        ending("exit()", ErrorCode.SCRIPT_EXITED, new Exit.Status(0)),
        ending("import sys; sys.exit(3)", ErrorCode.SCRIPT_EXITED, new Exit.Status(3)),
        ending("import os; os._exit(4)", ErrorCode.SCRIPT_EXITED, new Exit.Status(4)),
        ending("import os; os.abort()", ErrorCode.SCRIPT_CRASHED, new Exit.Signal(6)),
        ending("import ctypes; ctypes.string_at(0)", ErrorCode.SCRIPT_CRASHED, new Exit.Signal(11)),
        ending(
            "import os; os.kill(os.getpid(), 15)", ErrorCode.SCRIPT_CRASHED, new Exit.Signal(15)),
        ending(
            "import os; os.kill(os.getpid(), 24)", ErrorCode.SCRIPT_CRASHED, new Exit.Signal(24)),
        ending("import os; os.kill(os.getpid(), 9)", ErrorCode.SATELLITE_LOST, new Exit.Signal(9)));
  }

  private static Arguments ending(String script, ErrorCode code, Exit exit) {
    return Arguments.of(script, code, exit);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void script_isReportedWithHowItsProcessEnded(String script, ErrorCode code, Exit exit) {
    Outcome outcome = engine.run("print('before', flush=True)\n" + script);
    ErrorInfo error = outcome.failed(code);
    assertEquals(Optional.of(exit), error.exit());
    assertFalse(error.retrySafe());
    assertTrue(outcome.printed().contains("before\n"), outcome.printed());
  }

  static List<String> damage() {
    return List.of(
        "import os; os.closerange(0, 4096)",
        "import os; os.closerange(3, 4096)",
        "import os; os.closerange(3, 4096); print('?')",
        """
        import os, socket
        one, other = socket.socketpair()
        for number in range(3, 400):
            if number != one.fileno(): os.dup2(one.fileno(), number)
        """);
  }

  @ParameterizedTest
  @MethodSource("damage")
  void closedDescriptors_areTheScriptsFault(String script) {
    ErrorInfo error = engine.run(script).failed(ErrorCode.CHANNEL_CLOSED);
    assertFalse(error.retrySafe());
  }

  @Test
  void exception_hasItsTracebackWithTheScriptsLines() {
    ErrorInfo error =
        engine
            .run(
                """
                def divide(a):
                    return a / 0

                try:
                    divide(1)
                except ZeroDivisionError as e:
                    raise ValueError("cannot") from e
                """)
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("ValueError", error.exceptionClass());
    ErrorInfo.Trace trace = error.trace().orElseThrow();
    assertEquals(List.of(7), lines(trace));
    ErrorInfo.Trace cause = trace.cause().orElseThrow();
    assertEquals(List.of(5, 2), lines(cause));
    assertEquals("ZeroDivisionError", cause.exceptionClass());
    assertTrue(error.tracebackText().contains("line 2, in divide"), error.tracebackText());
  }

  private static List<Integer> lines(ErrorInfo.Trace trace) {
    return trace.frames().stream()
        .filter(frame -> frame.file().equals("<script>"))
        .map(ErrorInfo.TraceFrame::line)
        .toList();
  }

  @Test
  void syntaxError_namesItsLine() {
    ErrorInfo error = engine.run("x = 1\ny = = 2\n").failed(ErrorCode.SCRIPT_SYNTAX);
    assertEquals("SyntaxError", error.exceptionClass());
    assertTrue(error.tracebackText().contains("line 2"), error.tracebackText());
  }

  @Test
  void failure_bringsTheEndOfWhatWasPrinted() {
    ErrorInfo error =
        engine
            .run("import os\nprint('to out')\nos.write(2, b'to err\\n')\nos._exit(1)")
            .failed(ErrorCode.SCRIPT_EXITED);
    assertEquals("to err\n", new String(error.stderrTail().toByteArray(), StandardCharsets.UTF_8));
  }

  @Test
  void threadsAndProcessesLeftRunning_doNotHoldUpTheAnswer() {
    String script =
        """
        import subprocess, threading, time
        def forever():
            while True: time.sleep(1)
        threading.Thread(target=forever).start()
        subprocess.Popen(["sleep", "100000"])
        subprocess.Popen(["sleep", "100000"], start_new_session=True)
        OutputDataSet = pandas.DataFrame({"a": [1]})
        """;
    assertEquals(List.of(List.of(1L)), engine.run(script).success().rows());
    // That they are gone is what awaitIdle and close verify.
  }

  @Test
  void fork_givesTheParentsResultOnly() {
    String script =
        """
        import os
        pid = os.fork()
        OutputDataSet = pandas.DataFrame({"who": ["child" if pid == 0 else "parent"]})
        if pid: os.waitpid(pid, 0)
        """;
    assertEquals("[[parent]]", engine.run(script).success().rows().toString());
  }

  @Test
  void daemonThatOutlivesItsParent_isEndedWithTheSession() throws Exception {
    String script =
        """
        import os, time
        open("/proc/self/comm", "w").write("straggler")
        reads, writes = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(writes, b"!")
                os.closerange(0, 4096)
                while True: time.sleep(1000)
            os._exit(0)
        os.read(reads, 1)
        print("done", end="")
        """;
    assertEquals("done", engine.run(script).success().printed());
    Deadline.await(
        "the end of every process of the session",
        () ->
            service.processes().stream()
                .noneMatch(pid -> Processes.name(pid).orElse("").equals("straggler")));
  }
}
