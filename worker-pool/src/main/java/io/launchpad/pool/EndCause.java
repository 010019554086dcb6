// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// Why the pool ends a worker.
public sealed interface EndCause {
  /// It was leased, and the lease is over. A worker is used once.
  record Used(Outcome outcome) implements EndCause {}

  /// It ends for the pool's own reasons.
  enum Unwanted implements EndCause {
    /// Parked above the minimum for longer than the idle time-out.
    IDLE,
    /// Parked above the maximum after the request it was started for went away.
    SURPLUS,
    /// Memory is short.
    SHED,
    /// Parked, and made of what is no longer to be used.
    OUTDATED,
    /// Its slot is needed for a request of another key.
    EVICTED,
    /// It was found dead when it was to be handed out, or its holder found it dead before use.
    DEAD,
    /// Its lease was granted to a request that had been withdrawn, or whose other workers were
    /// dead.
    UNCLAIMED,
    /// It came after its start deadline.
    LATE,
    /// The pool is shutting down.
    DRAINED
  }
}
