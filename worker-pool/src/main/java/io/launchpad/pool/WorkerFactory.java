// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.concurrent.CompletionStage;

/// Makes workers. The pool trusts nothing about it: it may fail, hang, answer late or hand out the
/// dead.
///
/// @param <W> the worker as the session needs it
public interface WorkerFactory<W extends Worker> {
  /// Starts a worker that is warmed and waiting when the stage completes.
  ///
  /// The stage fails only once nothing of the attempt is left under the account; where that cannot
  /// be vouched for, it fails with [UncleanStartException] and the account is quarantined. Must not
  /// block.
  ///
  /// @param purpose how much to do before the stage completes
  /// @param generation the number of this attempt, never used again; what is reported later carries
  ///   it
  CompletionStage<W> start(
      WorkerKey key, StartPurpose purpose, WorkerAccount account, long generation);

  /// Gives up a start whose deadline passed: end what exists of it, then complete its stage. Until
  /// then the account stays quarantined. A worker that appears all the same is killed by the pool.
  ///
  /// Called after `start` returned, at most once; the stage may be complete by then.
  void abandon(WorkerKey key, WorkerAccount account, long generation);

  /// Completes, with the reason, when the factory is no more. Whatever it made ends without anybody
  /// to vouch for it, so the pool takes all of it for gone and its accounts for unclean; a report
  /// that comes later means nothing. Best told before what else its end brings about.
  CompletionStage<String> ended();
}
