// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// Counts workers by state.
final class Census {
  private int starting;
  private int parked;
  private int leased;
  private int ending;
  private int abandoned;

  void enter(WorkerState<?> state) {
    count(state, 1);
  }

  void leave(WorkerState<?> state) {
    count(state, -1);
  }

  private void count(WorkerState<?> state, int by) {
    switch (state) {
      case WorkerState.Starting<?> _ -> starting += by;
      case WorkerState.Parked<?> _ -> parked += by;
      case WorkerState.Leased<?> _ -> leased += by;
      case WorkerState.Ending<?> _ -> ending += by;
      case WorkerState.Abandoned<?> _ -> abandoned += by;
      case WorkerState.Gone<?> _ -> {}
    }
  }

  int starting() {
    return starting;
  }

  int parked() {
    return parked;
  }

  int ending() {
    return ending;
  }

  int abandoned() {
    return abandoned;
  }

  int slots() {
    return starting + parked + leased + ending;
  }

  PoolStats.Counts counts() {
    return new PoolStats.Counts(starting, parked, leased, ending);
  }
}
