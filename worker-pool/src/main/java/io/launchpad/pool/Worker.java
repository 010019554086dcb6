// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.concurrent.CompletionStage;

/// One started process as the pool sees it. What the session needs of it (channels, limits) is in
/// the subtype.
///
/// No method may block; all may be called from any thread.
public interface Worker {
  /// Whether it can still take a script, from what is known without asking it. Called at every
  /// lease.
  boolean isAlive();

  /// Asks for the end of every process of the worker. Must lead to [#exited()]; may be called
  /// again.
  void kill(EndCause cause);

  /// Completes when no process of the worker is left and its account was cleaned, or could not be.
  CompletionStage<WorkerExit> exited();
}
