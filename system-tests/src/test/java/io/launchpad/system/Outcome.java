// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.client.ScriptCancelledException;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptResult;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.util.List;

/// How a call ended at the engine, with what was printed.
sealed interface Outcome {
  String printed();

  /// The results are complete.
  ///
  /// @param rows of the outputs, each value as Arrow gives it
  record Success(ScriptResult result, List<List<Object>> rows, String printed) implements Outcome {}

  record Failure(ScriptException exception, String printed) implements Outcome {}

  default Success success() {
    return switch (this) {
      case Success success -> success;
      case Failure(var exception, var printed) ->
          throw new AssertionError("it failed; printed: " + printed, exception);
    };
  }

  default ErrorInfo failed(ErrorCode code) {
    return switch (this) {
      case Success success -> throw new AssertionError("it succeeded: " + success);
      case Failure(ScriptCancelledException exception, var _) ->
          throw new AssertionError("it was cancelled", exception);
      case Failure(var exception, var _) -> {
        if (exception.code() != code) {
          throw new AssertionError("not " + code, exception);
        }
        yield exception.error();
      }
    };
  }

  default void cancelled() {
    assertEquals(
        ScriptCancelledException.class,
        switch (this) {
          case Success success -> throw new AssertionError("it succeeded: " + success);
          case Failure(var exception, var _) -> exception.getClass();
        });
  }
}
