// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Whether an account is in two hands: two sessions that live at the same moment under one uid.
///
/// Processes come and go while they are looked at, so what looks like it counts only if both are
/// still there, as the same processes, when they are looked at again.
final class AccountHands {
  /// Some process of a session, and the session: the init, which is a child of a zygote.
  private record Held(long pid, String born, long session) {}

  private AccountHands() {}

  /// Looks once.
  static void assertEachInOne(ServiceUnderTest service) {
    Map<Long, Held> seen = new HashMap<>();
    for (long pid : Processes.all()) {
      long uid = Processes.uid(pid);
      if (service.isAccount(uid)) {
        held(pid, uid)
            .ifPresent(now -> {
              Held other = seen.putIfAbsent(uid, now);
              if (other != null && other.session != now.session && bothLive(uid, other, now)) {
                throw new AssertionError(
                    "uid %d is in two hands: %s and %s"
                        .formatted(
                            uid, Processes.describe(other.pid), Processes.describe(now.pid)));
              }
            });
      }
    }
  }

  private static boolean bothLive(long uid, Held one, Held other) {
    return held(one.pid, uid).equals(Optional.of(one))
        && held(other.pid, uid).equals(Optional.of(other));
  }

  /// Its session is the last of its ancestors that is not another account's.
  private static Optional<Held> held(long pid, long uid) {
    long parent = Processes.parent(pid);
    while (parent > 1 && Processes.uid(parent) == uid) {
      parent = Processes.parent(parent);
    }
    Optional<String> born = Processes.born(pid);
    return parent <= 1 || born.isEmpty() || Processes.isZombie(pid)
        ? Optional.empty()
        : Optional.of(new Held(pid, born.get(), parent));
  }
}
