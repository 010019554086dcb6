// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One consistent look at the pool.
///
/// @param abandoned starts that were given up and not answered yet; they hold a quarantined account
///   but no slot
/// @param waiting requests in the queue, whatever their number of tasks
/// @param sessions leases that are open or whose worker is not gone yet: what admission counts
public record PoolStats(
    int slotsMax,
    Counts workers,
    int abandoned,
    int waiting,
    int sessions,
    Accounts accounts,
    Map<WorkerKey, Key> keys) {
  public PoolStats {
    keys = Map.copyOf(keys);
  }

  /// Workers by state.
  public record Counts(int starting, int parked, int leased, int ending) {
    public int slots() {
      return starting + parked + leased + ending;
    }

    @Override
    public String toString() {
      return "parked=%d, leased=%d, starting=%d, ending=%d"
          .formatted(parked, leased, starting, ending);
    }
  }

  /// Accounts by state.
  public record Accounts(int free, int held, int quarantined) {}

  /// One key's part.
  ///
  /// @param lastStartFailure of the failures not forgotten yet
  public record Key(Counts workers, int waiting, @Nullable String lastStartFailure) {}

  @Override
  public String toString() {
    return "%s, abandoned=%d, waiting=%d, slots=%d of %d, sessions=%d, accounts free=%d quarantined=%d"
        .formatted(
            workers,
            abandoned,
            waiting,
            workers.slots(),
            slotsMax,
            sessions,
            accounts.free,
            accounts.quarantined);
  }
}
