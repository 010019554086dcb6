// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What really is under each account of a simulation, whatever pools and brokers believe. It
/// outlives both.
///
/// @param <A> what can be under an account
final class AccountTruth<A> {
  private final Map<WorkerAccount, A> occupants = new HashMap<>();
  private final Set<WorkerAccount> soiled = new HashSet<>();

  /// Everything that may exist: unanswered starts and workers.
  List<A> occupants() {
    return List.copyOf(occupants.values());
  }

  boolean isOccupied(WorkerAccount account) {
    return occupants.containsKey(account);
  }

  boolean isClean(WorkerAccount account) {
    return !soiled.contains(account);
  }

  Set<WorkerAccount> soiled() {
    return Set.copyOf(soiled);
  }

  void occupy(WorkerAccount account, A occupant) {
    occupants.put(account, occupant);
  }

  /// What comes too late to be there any more leaves nothing either.
  void leave(WorkerAccount account, A occupant, boolean clean) {
    if (occupants.remove(account, occupant) && !clean) {
      soiled.add(account);
    }
  }

  /// Somebody vouches for an account.
  ///
  /// @param accepted whether he is believed
  void clean(WorkerAccount account, boolean accepted) {
    if (accepted) {
      soiled.remove(account);
    }
  }

  /// A broker begins: it ends what is left of the one before.
  void sweep() {
    occupants.clear();
    soiled.clear();
  }
}
