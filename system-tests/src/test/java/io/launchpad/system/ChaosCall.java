// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptCancelledException;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.system.ChaosPlan.Kind;
import io.launchpad.system.ChaosPlan.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One call of a chaos run and what its engine may hear: the right answer, or an error that
/// something which was killed explains.
///
/// @param number makes its answer unlike those of others
/// @param moments told what the call has reached
/// @param excuses the errors that what was killed so far explains
record ChaosCall(
    Engine engine,
    String principal,
    Kind kind,
    int number,
    Consumer<Moment> moments,
    Supplier<Set<ErrorCode>> excuses) {
  private static final int ROWS = 60_000;
  private static final int ROWS_PER_READ = 20_000;
  private static final Duration GRACE = Duration.ofMillis(200);
  private static final Duration SHORT_DEADLINE = Duration.ofMillis(400);

  /// What was seen of the call besides its end.
  private record Seen(Outcome outcome, boolean sign) {}

  void run() throws Exception {
    Seen seen;
    try (var rows = GeneratedRows.count(engine, ROWS)) {
      seen =
          switch (kind) {
            case SHORT -> plain("OutputDataSet = pandas.DataFrame({'a': [%d]})".formatted(number));
            case STREAM -> stream(rows);
            case CANCEL -> cancel();
            case DEADLINE -> deadline();
            case FLOOD -> plain(flood());
            case DAEMON -> plain(daemon());
          };
    }
    moments.accept(Moment.ENDED);
    judge(seen);
  }

  private String flood() {
    return """
    import os
    print("running=yes", flush=True)
    print("y\\n" * 20_000)
    for _ in range(10):
        os.write(1, bytes(1 << 17))
    OutputDataSet = pandas.DataFrame({'a': [%d]})
    """
        .formatted(number);
  }

  private String daemon() {
    return """
    import os, subprocess, time
    print("running=yes", flush=True)
    subprocess.Popen(["sleep", "100000"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1000)
    OutputDataSet = pandas.DataFrame({'a': [%d]})
    """
        .formatted(number);
  }

  private ScriptRequestBuilder request(String script) {
    return ScriptRequest.builder(principal, "Python", script).grace(GRACE);
  }

  /// Asks and gives the call, or how the asking failed.
  private Seen with(ScriptRequest request, List<ScriptInput> inputs, Body body) throws Exception {
    try (Call call = engine.start(request, inputs, null)) {
      moments.accept(Moment.ASKED);
      Outcome outcome = body.run(call);
      return new Seen(outcome, call.events().showsASign());
    } catch (ScriptException e) {
      return new Seen(new Outcome.Failure(e, ""), false);
    }
  }

  private interface Body {
    Outcome run(Call call) throws Exception;
  }

  private Seen plain(String script) throws Exception {
    return with(
        request(script).build(),
        List.of(),
        call -> {
          if (kind != Kind.SHORT) {
            call.events().awaitPrintedOrEnd("running=yes\n");
            moments.accept(Moment.MIDWAY);
          }
          return call.finish();
        });
  }

  private Seen stream(GeneratedRows rows) throws Exception {
    return with(
        request("OutputDataSet = InputDataSet").rowsPerRead(ROWS_PER_READ).build(),
        List.of(rows.input()),
        call -> {
          var output = call.execution().outputs().getFirst();
          var firstRows = new ArrayList<List<Object>>();
          try {
            if (output.loadNextBatch()) {
              Call.addRows(output.getVectorSchemaRoot(), firstRows);
            }
          } catch (java.io.IOException _) {
            // How the call ends says why.
          }
          moments.accept(Moment.MIDWAY);
          return switch (call.finish()) {
            case Outcome.Failure failure -> failure;
            case Outcome.Success(var result, var rest, var printed) -> {
              firstRows.addAll(rest);
              yield new Outcome.Success(result, firstRows, printed);
            }
          };
        });
  }

  private Seen cancel() throws Exception {
    return with(
        request("print('running=yes', flush=True)\nwhile True: pass").build(),
        List.of(),
        call -> {
          call.events().awaitPrintedOrEnd("running=yes\n");
          call.execution().cancel("chaos");
          moments.accept(Moment.MIDWAY);
          return call.finish();
        });
  }

  private Seen deadline() throws Exception {
    return with(
        request("print('running=yes', flush=True)\nwhile True: pass")
            .deadline(SHORT_DEADLINE)
            .build(),
        List.of(),
        call -> {
          call.events().awaitPrintedOrEnd("running=yes\n");
          moments.accept(Moment.MIDWAY);
          return call.finish();
        });
  }

  private void judge(Seen seen) {
    switch (seen.outcome()) {
      case Outcome.Success(_, var rows, _) -> judgeRows(rows);
      case Outcome.Failure(ScriptCancelledException e, _) when kind == Kind.CANCEL -> {}
      case Outcome.Failure(var e, _)
          when kind == Kind.DEADLINE && e.code() == ErrorCode.DEADLINE_EXCEEDED ->
          judgeError(e.error(), seen.sign());
      case Outcome.Failure(var e, var printed) -> {
        Set<ErrorCode> excused = excuses.get();
        if (!excused.contains(e.code())) {
          throw new AssertionError(
              "%s is told %s, which nothing explains; excused: %s; printed: %.200s"
                  .formatted(this, e.code(), excused, printed),
              e);
        }
        judgeError(e.error(), seen.sign());
      }
    }
  }

  private void judgeRows(List<List<Object>> rows) {
    switch (kind) {
      case SHORT, FLOOD, DAEMON -> assertEquals(List.of(List.of((long) number)), rows);
      case STREAM -> {
        assertEquals(ROWS, rows.size());
        for (int i = 0; i < ROWS; i++) {
          assertEquals((long) i, rows.get(i).getFirst());
        }
      }
      case CANCEL, DEADLINE -> throw new AssertionError(this + " ended with a result");
    }
  }

  private void judgeError(ErrorInfo error, boolean sign) {
    assertEquals(error.code().category(), error.category(), error::toString);
    assertFalse(error.message().isBlank(), error::toString);
    // It may be asked again without a thought only if nothing can have happened.
    assertTrue(!error.retrySafe() || !sign, () -> this + " is said to be safe to retry: " + error);
  }

  @Override
  public String toString() {
    return kind + " " + number + " of " + principal;
  }
}
