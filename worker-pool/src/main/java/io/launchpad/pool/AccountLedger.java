// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who holds which worker account. An account is free, held by one generation, or in quarantine.
///
/// Within one holding an account is attached to an identity at most once and never detached; only
/// the report that the worker is gone and the account clean makes it free again. So no account can
/// pass from one identity to another without having been cleaned between.
final class AccountLedger {
  private final Deque<WorkerAccount> free = new ArrayDeque<>();
  private final Map<WorkerAccount, Holding> taken = new HashMap<>();
  private int quarantined;

  private sealed interface Holding {
    long generation();

    record Held(long generation, @Nullable Identity identity) implements Holding {}

    /// Not to be used.
    ///
    /// @param answerable whether its worker may still be reported gone, which ends the quarantine
    record Quarantined(long generation, boolean answerable) implements Holding {}
  }

  AccountLedger(Collection<WorkerAccount> accounts) {
    if (accounts.isEmpty()) {
      throw new IllegalArgumentException("no worker accounts");
    }
    Set<String> names = new HashSet<>();
    Set<Integer> uids = new HashSet<>();
    for (var account : accounts) {
      if (!names.add(account.name()) || !uids.add(account.uid())) {
        throw new IllegalArgumentException("worker account given twice: " + account);
      }
      free.add(account);
    }
  }

  /// Takes the account that has been free longest.
  WorkerAccount take(long generation) {
    WorkerAccount account = free.remove();
    taken.put(account, new Holding.Held(generation, null));
    return account;
  }

  void attach(WorkerAccount account, long generation, Identity identity) {
    if (!(taken.get(account) instanceof Holding.Held(var holder, var attached))
        || holder != generation
        || attached != null) {
      throw new IllegalStateException(
          "%s cannot be attached for worker %d: %s"
              .formatted(account, generation, taken.get(account)));
    }
    taken.put(account, new Holding.Held(generation, identity));
  }

  /// The worker is gone and the account clean.
  void free(WorkerAccount account, long generation) {
    if (holding(account, generation) instanceof Holding.Quarantined) {
      quarantined--;
    }
    taken.remove(account);
    free.add(account);
  }

  /// The account may not be used: for good, or until its worker is reported gone after all.
  void quarantine(WorkerAccount account, long generation, boolean answerable) {
    if (holding(account, generation) instanceof Holding.Held) {
      quarantined++;
    }
    taken.put(account, new Holding.Quarantined(generation, answerable));
  }

  /// Someone vouches for a quarantined account. Refused while a worker may still appear under it.
  boolean readmit(WorkerAccount account) {
    if (!(taken.get(account) instanceof Holding.Quarantined(var generation, var answerable))
        || answerable) {
      return false;
    }
    free(account, generation);
    return true;
  }

  private Holding holding(WorkerAccount account, long generation) {
    Holding holding = taken.get(account);
    if (holding == null || holding.generation() != generation) {
      throw new IllegalStateException(
          "%s is not worker %d's: %s".formatted(account, generation, holding));
    }
    return holding;
  }

  int total() {
    return free.size() + taken.size();
  }

  int freeCount() {
    return free.size();
  }

  PoolStats.Accounts counts() {
    return new PoolStats.Accounts(free.size(), taken.size() - quarantined, quarantined);
  }
}
