// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Java scripts that end badly, each in its own way, and what the engine is told.
@Timeout(300)
final class JavaEndTest {
  /// Ends as a satellite of its own that serves nobody else; used after each bad end.
  private static final String GOOD = JavaRuntime.main("System.out.print(\"good\");");

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(JavaRuntime.SETTINGS);
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static Outcome run(String body) {
    return engine.run(JavaRuntime.request(JavaRuntime.main(body)).build());
  }

  private static void assertServes() {
    assertEquals("good", engine.run(JavaRuntime.request(GOOD).build()).success().printed());
  }

  static List<Arguments> endings() {
    return List.of(
        Arguments.of("System.exit(0);", ErrorCode.SCRIPT_EXITED, new Exit.Status(0)),
        Arguments.of("System.exit(3);", ErrorCode.SCRIPT_EXITED, new Exit.Status(3)),
        Arguments.of(
            "var t = new Thread(() -> System.exit(5)); t.start(); t.join();",
            ErrorCode.SCRIPT_EXITED,
            new Exit.Status(5)),
        // What native code destroys ends the virtual machine, which says so with SIGABRT.
        Arguments.of(
            """
            var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            ((sun.misc.Unsafe) field.get(null)).putAddress(0, 0);
            """,
            ErrorCode.SCRIPT_CRASHED,
            new Exit.Signal(6)));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void process_isReportedAsItEnded(String body, ErrorCode code, Exit exit) {
    Outcome outcome = run("System.out.println(\"before\");\n" + body);
    ErrorInfo error = outcome.failed(code);
    assertEquals(Optional.of(exit), error.exit());
    assertFalse(error.retrySafe());
    assertTrue(outcome.printed().contains("before\n"), outcome.printed());
    assertServes();
  }

  @Test
  void halt_isReportedWithItsStatus() {
    ErrorInfo error = run("Runtime.getRuntime().halt(4);").failed(ErrorCode.SCRIPT_EXITED);
    assertEquals(Optional.of(new Exit.Status(4)), error.exit());
  }

  @Test
  void exception_hasItsClassItsChainAndTheScriptsLines() {
    ErrorInfo error =
        engine
            .run(
                JavaRuntime.request(
                        """
                        import io.launchpad.sdk.*;

                        public class Failing implements Executor {
                          static int divide(int a) {
                            return a / 0;
                          }

                          public void execute(Call call) {
                            try {
                              divide(1);
                            } catch (ArithmeticException e) {
                              throw new IllegalStateException("cannot", e);
                            }
                          }
                        }
                        """)
                    .build())
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("java.lang.IllegalStateException", error.exceptionClass());
    assertEquals(
        "java.lang.IllegalStateException: cannot (line 12 of the script)", error.message());
    ErrorInfo.Trace trace = error.trace().orElseThrow();
    assertEquals(
        List.of(
            new ErrorInfo.TraceFrame(
                "<script>",
                12,
                "Failing.execute",
                "throw new IllegalStateException(\"cannot\", e);")),
        trace.frames());
    ErrorInfo.Trace cause = trace.cause().orElseThrow();
    assertEquals("java.lang.ArithmeticException", cause.exceptionClass());
    assertEquals(List.of(10, 5), cause.frames().stream().map(ErrorInfo.TraceFrame::line).toList());
    assertTrue(
        error.tracebackText().contains("Caused by: java.lang.ArithmeticException: / by zero\n"),
        error.tracebackText());
  }

  @Test
  void sourceThatDoesNotCompile_isASyntaxErrorOfItsLine() {
    ErrorInfo error = run("int x = \"text\";").failed(ErrorCode.SCRIPT_SYNTAX);
    assertEquals(
        "incompatible types: java.lang.String cannot be converted to int (line 4 of the script)",
        error.message());
    assertEquals(4, error.trace().orElseThrow().frames().getFirst().line());
  }

  @Test
  void heapThatIsFull_isAnOutOfMemoryErrorOfTheScript() {
    ErrorInfo error =
        run("var l = new java.util.ArrayList<long[]>(); while (true) l.add(new long[1 << 20]);")
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("java.lang.OutOfMemoryError", error.exceptionClass());
    assertServes();
  }

  @Test
  void stackThatIsFull_isAStackOverflowErrorWithTheLine() {
    ErrorInfo error =
        run("recurse();\n}\nvoid recurse() {\nrecurse();").failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("java.lang.StackOverflowError", error.exceptionClass());
    assertTrue(error.message().endsWith("(line 7 of the script)"), error.message());
    assertServes();
  }

  @Test
  void classThatIsNotThere_isNamed() {
    ErrorInfo error =
        engine
            .run(JavaRuntime.request("com.example.Nowhere").build())
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("java.lang.ClassNotFoundException", error.exceptionClass());
    assertTrue(error.message().contains("com.example.Nowhere"), error.message());
    assertTrue(error.message().contains("runtime.NAME.library"), error.message());
  }

  @Test
  void initializerThatFails_isReportedWithItsCause() {
    ErrorInfo error =
        engine
            .run(
                JavaRuntime.request(
                        """
                        import io.launchpad.sdk.*;
                        public class Bad implements Executor {
                          static final int VALUE = Integer.parseInt("x");
                          public void execute(Call call) {}
                        }
                        """)
                    .build())
            .failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("java.lang.ExceptionInInitializerError", error.exceptionClass());
    var cause = error.trace().orElseThrow().cause().orElseThrow();
    assertEquals("java.lang.NumberFormatException", cause.exceptionClass());
  }

  @Test
  void linkageThatFails_isReportedAsItself() {
    ErrorInfo error =
        run("throw new NoClassDefFoundError(\"com/example/Gone\");").failed(ErrorCode.SCRIPT_ERROR);
    assertEquals("java.lang.NoClassDefFoundError", error.exceptionClass());
  }

  @Test
  void threadsLeftOver_doNotKeepTheSession() {
    Outcome.Success success =
        run("""
        for (int i = 0; i < 20; i++) {
          new Thread(() -> { while (true) { java.util.concurrent.locks.LockSupport.park(); } }).start();
        }
        System.out.print("left");
        """)
            .success();
    assertEquals("left", success.printed());
    assertServes();
  }

  /// What is heard first is one of two: that its channels are closed, or that the virtual machine,
  /// whose jars were closed as well, could not go on.
  @Test
  void closedDescriptors_areTheScriptsFault() {
    var outcome =
        run(
            """
            var linker = java.lang.foreign.Linker.nativeLinker();
            var close = linker.downcallHandle(
                linker.defaultLookup().find("close").orElseThrow(),
                java.lang.foreign.FunctionDescriptor.of(
                    java.lang.foreign.ValueLayout.JAVA_INT, java.lang.foreign.ValueLayout.JAVA_INT));
            for (int i = 3; i < 200; i++) { int ignored = (int) close.invokeExact(i); }
            """);
    var failure = assertInstanceOf(Outcome.Failure.class, outcome).exception();
    assertTrue(
        Set.of(ErrorCode.CHANNEL_CLOSED, ErrorCode.SCRIPT_EXITED).contains(failure.code()),
        failure::toString);
    assertFalse(failure.error().retrySafe());
    assertServes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (true) { }",
        "Thread.sleep(1000000);",
        "while (true) { try { Thread.sleep(1000000); } catch (InterruptedException e) { } }"
      })
  void cancel_endsTheScript(String body) throws Exception {
    var request =
        JavaRuntime.request(JavaRuntime.main("System.out.println(\"running=yes\");\n" + body))
            .grace(Duration.ofSeconds(2))
            .build();
    try (Call call = engine.start(request, List.of(), null)) {
      var _ = call.events().awaitPrinted("running");
      call.execution().cancel("the user is gone");
      call.finish().cancelled();
    }
    assertServes();
  }

  /// The interrupt reaches the script's thread: it ends by itself, with all the time it wants.
  @Test
  void cancel_interruptsTheScriptsThread() throws Exception {
    var request =
        JavaRuntime.request(
                JavaRuntime.main(
                    """
                    System.out.println("running=yes");
                    try {
                      Thread.sleep(1000000);
                    } catch (InterruptedException e) {
                      System.out.println("interrupted=yes");
                    }
                    """))
            .grace(Duration.ofMinutes(5))
            .build();
    try (Call call = engine.start(request, List.of(), null)) {
      var _ = call.events().awaitPrinted("running");
      call.execution().cancel("enough");
      var _ = call.events().awaitPrinted("interrupted");
      call.finish().cancelled();
    }
  }

  @Test
  void cancel_passesAScriptThatWaitsForInput() throws Exception {
    var gate = new java.util.concurrent.CountDownLatch(1);
    var request =
        JavaRuntime.request(
                JavaRuntime.main("System.out.println(\"running=yes\"); call.input().table();"))
            .grace(Duration.ofMinutes(5))
            .build();
    try (var rows = GeneratedRows.held(engine, 10, gate);
        Call call = engine.start(request, List.of(rows.input()), null)) {
      var _ = call.events().awaitPrinted("running");
      call.execution().cancel("enough");
      try {
        call.finish().cancelled();
      } finally {
        gate.countDown();
      }
    }
  }

  @Test
  void deadline_endsTheScript() {
    var request =
        JavaRuntime.request(JavaRuntime.main("while (true) { }"))
            .deadline(Duration.ofSeconds(3))
            .grace(Duration.ofSeconds(1))
            .build();
    engine.run(request).failed(ErrorCode.DEADLINE_EXCEEDED);
  }
}
