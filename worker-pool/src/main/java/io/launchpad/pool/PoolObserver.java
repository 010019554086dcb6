// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;

/// Hears what happens in the pool, for metrics and logs. Every method does nothing by default.
///
/// Called outside the pool's lock on its executor: calls may overtake each other. Gauges read
/// [WorkerPool#snapshot()].
public interface PoolObserver {
  /// An observer that hears nothing.
  PoolObserver NONE = new PoolObserver() {};

  /// A request could not be served at once and waits.
  default void queued(LeaseRequest request) {}

  /// All tasks of a request were given workers.
  ///
  /// @param cold how many of the workers were started after the request was made
  default void granted(LeaseRequest request, Duration waited, int cold) {}

  /// A request ended without a lease. [PoolException] is sealed: the subtype is the cause.
  default void refused(LeaseRequest request, Duration waited, PoolException cause) {}

  /// A worker was started and parked.
  default void parked(WorkerKey key, long generation, Duration startTook) {}

  /// A start failed, exceeded its deadline or gave a worker that was dead when parked or soon
  /// after.
  ///
  /// @param consecutive how many times in a row by now; the next attempt waits longer
  default void startFailed(WorkerKey key, long generation, int consecutive, Throwable cause) {}

  /// The pool asks a worker to end.
  default void ending(WorkerKey key, long generation, EndCause cause) {}

  /// A worker is gone; its slot is free.
  default void gone(WorkerKey key, long generation, WorkerExit exit) {}

  /// A worker that was asked to end is still there after the end deadline; it is asked again.
  default void stuck(WorkerKey key, long generation, EndCause cause, Duration since) {}

  /// There is no factory any more, before the pool had ended: nothing can be started or served.
  default void factoryEnded(String reason) {}

  /// An account may not be used until someone vouches for it ([WorkerPool#readmit]) or, after a
  /// start that was given up, until the factory answers.
  default void quarantined(WorkerAccount account, String reason) {}

  /// A lease has been open for longer than the leak time.
  default void leaked(LeaseRequest request, long generation, Duration open) {}
}
