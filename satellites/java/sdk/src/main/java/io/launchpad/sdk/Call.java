// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

import io.launchpad.sdk.spi.CurrentCall;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;

/// What one execution of a script is given and gives back.
///
/// Valid until the execution ends; so are its inputs and everything read from them.
public interface Call {
  /// The main input. Without one in the request it has neither columns nor rows.
  Input input();

  /// The input of this name.
  ///
  /// @throws IllegalArgumentException when there is none; the message names those there are
  Input input(String name);

  /// All inputs in the request's order, the main one first.
  List<Input> inputs();

  /// The main output.
  Output output();

  /// The output of this name.
  ///
  /// @throws IllegalArgumentException when there is none; the message names those there are
  Output output(String name);

  /// All outputs in the request's order, the main one first.
  List<Output> outputs();

  /// The parameters, in and out.
  Parameters parameters();

  /// Who runs this script, where, and how long it may take.
  SessionInfo session();

  /// Memory for vectors of the script's own. What is left in it when the script ends is freed with
  /// the process.
  BufferAllocator allocator();

  /// The call that is being executed: for scripts that have a `main` method instead of an
  /// [Executor].
  ///
  /// @throws IllegalStateException when none is, as in a static initializer
  static Call current() {
    return CurrentCall.get();
  }
}
