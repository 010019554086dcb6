// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A call out of the pool that a change of state asks for. Decided under the lock, made outside it.
sealed interface Call<W extends Worker> {
  record Start<W extends Worker>(Slot<W> slot, StartPurpose purpose) implements Call<W> {}

  record Abandon<W extends Worker>(Slot<W> slot) implements Call<W> {}

  record Kill<W extends Worker>(W worker, EndCause cause) implements Call<W> {}

  record HandOver<W extends Worker>(Waiter<W> waiter, List<WorkerLease<W>> leases)
      implements Call<W> {}

  record Refuse<W extends Worker>(Waiter<W> waiter, PoolException cause) implements Call<W> {}

  record Drained<W extends Worker>(CompletableFuture<PoolStats> future, PoolStats stats)
      implements Call<W> {}

  record Notify<W extends Worker>(Consumer<PoolObserver> event) implements Call<W> {}
}
