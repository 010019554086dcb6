// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Handles things in the order they came, one at a time: small ones at once, on the thread that
/// brings them; a large one, and whatever comes before it is done, elsewhere.
final class InTurn<T> {
  private final Executor elsewhere;
  private final Predicate<T> large;
  private final Consumer<T> handler;
  private final Runnable caughtUp;
  private final Consumer<T> refused;
  private final Queue<T> waiting = new ArrayDeque<>();
  private boolean busy;

  /// @param handler must not throw
  /// @param caughtUp called elsewhere, when what waited there has been handled
  /// @param refused takes what will not be handled, because elsewhere no work is taken any more;
  ///   must not throw
  InTurn(
      Executor elsewhere,
      Predicate<T> large,
      Consumer<T> handler,
      Runnable caughtUp,
      Consumer<T> refused) {
    this.refused = refused;
    this.elsewhere = elsewhere;
    this.large = large;
    this.handler = handler;
    this.caughtUp = caughtUp;
  }

  /// Brings one; by one thread at a time.
  void accept(T next) {
    boolean here;
    boolean begin;
    synchronized (this) {
      here = !busy && !large.test(next);
      begin = !busy && !here;
      if (!here) {
        waiting.add(next);
        busy = true;
      }
    }
    if (here) {
      handler.accept(next);
    } else if (begin) {
      try {
        elsewhere.execute(this::catchUp);
      } catch (RejectedExecutionException e) {
        letGo();
      }
    }
  }

  /// Whether something that came has not been handled yet.
  synchronized boolean isBusy() {
    return busy;
  }

  private void catchUp() {
    T next;
    while ((next = poll()) != null) {
      handler.accept(next);
    }
    caughtUp.run();
  }

  private void letGo() {
    T next;
    while ((next = poll()) != null) {
      refused.accept(next);
    }
  }

  private synchronized @Nullable T poll() {
    T next = waiting.poll();
    busy = next != null;
    return next;
  }
}
