// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;

/// Waiting requests: round robin between identities, first in first out within one.
///
/// The order of the map is the order of the round: who was served goes to its end, who was passed
/// over keeps its place.
final class FairQueue<W extends Worker> {
  private final LinkedHashMap<Identity, Deque<Waiter<W>>> byIdentity = new LinkedHashMap<>();
  private final Deque<Waiter<W>> returned = new ArrayDeque<>();

  /// Of the requests in turn, without the returned.
  private int size;

  void addLast(Waiter<W> waiter) {
    byIdentity.computeIfAbsent(waiter.request.identity(), _ -> new ArrayDeque<>()).addLast(waiter);
    size++;
  }

  /// Puts back what had its turn already. It goes before everybody, and changes nobody's turn.
  void putBack(Waiter<W> waiter) {
    returned.addLast(waiter);
  }

  /// Takes a request that is served; its identity's next turn is after all others'.
  void serve(Waiter<W> waiter) {
    if (returned.remove(waiter)) {
      return;
    }
    Identity identity = waiter.request.identity();
    remove(waiter);
    Deque<Waiter<W>> rest = byIdentity.get(identity);
    if (rest != null) {
      byIdentity.putLast(identity, rest);
    }
  }

  /// Takes a request out without its having been served. False if it is not here.
  boolean remove(Waiter<W> waiter) {
    if (returned.remove(waiter)) {
      return true;
    }
    Identity identity = waiter.request.identity();
    Deque<Waiter<W>> own = byIdentity.get(identity);
    if (own == null || !own.remove(waiter)) {
      return false;
    }
    if (own.isEmpty()) {
      byIdentity.remove(identity);
    }
    size--;
    return true;
  }

  boolean contains(Waiter<W> waiter) {
    if (returned.contains(waiter)) {
      return true;
    }
    Deque<Waiter<W>> own = byIdentity.get(waiter.request.identity());
    return own != null && own.contains(waiter);
  }

  /// The requests whose turn may have come, in order: what was put back, then the first of each
  /// identity. A copy.
  List<Waiter<W>> heads() {
    List<Waiter<W>> heads = new ArrayList<>(returned);
    byIdentity.values().forEach(own -> heads.add(own.getFirst()));
    return heads;
  }

  /// Visits all in the order they would be served if nothing were in the way, until the visitor
  /// says false.
  void visit(Predicate<Waiter<W>> visitor) {
    for (var waiter : returned) {
      if (!visitor.test(waiter)) {
        return;
      }
    }
    List<Iterator<Waiter<W>>> round = new ArrayList<>(byIdentity.size());
    byIdentity.values().forEach(own -> round.add(own.iterator()));
    while (!round.isEmpty()) {
      for (var turns = round.iterator(); turns.hasNext(); ) {
        Iterator<Waiter<W>> own = turns.next();
        if (!visitor.test(own.next())) {
          return;
        }
        if (!own.hasNext()) {
          turns.remove();
        }
      }
    }
  }

  /// The place of an identity's request in the order of [#visit], counted from 1; 0 if it is not
  /// here. Takes time by the number of identities, not of requests.
  int place(Identity identity, String requestId) {
    int place = 0;
    for (var waiter : returned) {
      place++;
      if (waiter.request.isOf(identity, requestId)) {
        return place;
      }
    }
    int round = round(identity, requestId);
    if (round == 0) {
      return 0;
    }
    int turns = round;
    for (var own : byIdentity.entrySet()) {
      place += Math.min(own.getValue().size(), turns);
      if (own.getKey().equals(identity)) {
        turns = round - 1; // those behind it in the order have had one turn less
      }
    }
    return place;
  }

  /// In which round the request has its turn, counted from 1; 0 if it is not in turn.
  private int round(Identity identity, String requestId) {
    int round = 0;
    for (var waiter : byIdentity.getOrDefault(identity, new ArrayDeque<>())) {
      round++;
      if (waiter.request.isOf(identity, requestId)) {
        return round;
      }
    }
    return 0;
  }

  /// All requests in the order of [#visit]; a copy.
  List<Waiter<W>> toList() {
    List<Waiter<W>> all = new ArrayList<>(size());
    visit(all::add);
    return all;
  }

  int size() {
    return size + returned.size();
  }

  int size(Identity identity) {
    Deque<Waiter<W>> own = byIdentity.get(identity);
    return own == null ? 0 : own.size();
  }

  boolean isEmpty() {
    return size() == 0;
  }
}
