// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk;

/// A script: a public class with a constructor without parameters that implements this interface.
///
/// One object is made for each session. It is executed once, or once for each chunk or partition of
/// the main input, always by the same thread; what it keeps in its fields it finds again. One that
/// is [AutoCloseable] is closed after the last time.
@FunctionalInterface
public interface Executor {
  /// Reads the call's inputs and writes its outputs.
  ///
  /// Whatever it throws fails the call, with exception, message and line.
  void execute(Call call) throws Exception;
}
