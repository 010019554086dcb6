// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.List;

/// The step that ends everything at once because nobody is left who makes or ends workers.
///
/// Leases stay open, as when a single worker dies: a session may still be delivering what its
/// worker left, and hears of the end from the worker itself. No account is used again.
final class FactoryEnd<W extends Worker> {
  private final PoolState<W> state;
  private final Requests<W> requests;
  private final Endings<W> endings;

  FactoryEnd(PoolState<W> state, Requests<W> requests, Endings<W> endings) {
    this.state = state;
    this.requests = requests;
    this.endings = endings;
  }

  void ended(String reason, long now) {
    if (state.factoryEnd != null) {
      return;
    }
    state.factoryEnd = reason;
    if (!state.draining || !state.slots.isEmpty()) {
      state.notify(observer -> observer.factoryEnded(reason));
    }
    requests.refuseAll(now);
    for (var slot : List.copyOf(state.slots)) {
      endings.lost(slot, reason, now);
    }
  }
}
