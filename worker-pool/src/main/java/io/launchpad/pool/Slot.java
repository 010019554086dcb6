// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A place in the pool and the one worker that ever has it. Its generation is never given again, so
/// whoever holds on to an old slot can do no harm to a newer one.
final class Slot<W extends Worker> {
  final KeyShelf<W> shelf;
  final WorkerAccount account;
  final long generation;
  final long bornNanos;
  private WorkerState<W> state;

  /// Completes when the factory has returned from the call to start this worker, so that giving up
  /// cannot overtake it.
  final CompletableFuture<@Nullable Void> startCalled = new CompletableFuture<>();

  /// How long the start took, once it is over.
  long startTookNanos;

  /// The lease of this worker, from the moment it is granted for ever.
  @Nullable WorkerLease<W> lease;

  Slot(
      KeyShelf<W> shelf,
      WorkerAccount account,
      long generation,
      long bornNanos,
      WorkerState.Starting<W> state) {
    this.shelf = shelf;
    this.account = account;
    this.generation = generation;
    this.bornNanos = bornNanos;
    this.state = state;
  }

  WorkerKey key() {
    return shelf.key;
  }

  WorkerState<W> state() {
    return state;
  }

  void become(WorkerState<W> next) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(
          "worker %d of %s cannot go from %s to %s".formatted(generation, key(), state, next));
    }
    state = next;
  }

  boolean isGone() {
    return state instanceof WorkerState.Gone<W>;
  }
}
