// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries a request to stop from another thread to whatever is under way.
final class Cancellation {

  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

  private final Deque<Runnable> actions = new ArrayDeque<>();
  private boolean requested;

  /// The end of a stretch of work that can be cancelled.
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  synchronized void reset() {
    requested = false;
  }

  synchronized boolean requested() {
    return requested;
  }

  void throwIfRequested() {
    if (requested()) {
      throw SqlErrors.cancelled();
    }
  }

  /// Runs the action if a request comes before the scope is closed, at once if it has come already.
  Scope during(Runnable action) {
    boolean now;
    synchronized (this) {
      actions.push(action);
      now = requested;
    }
    if (now) {
      action.run();
    }
    return () -> remove(action);
  }

  private synchronized void remove(Runnable action) {
    actions.remove(action);
  }

  void request() {
    List<Runnable> now;
    synchronized (this) {
      requested = true;
      now = List.copyOf(actions);
    }
    now.forEach(Runnable::run);
  }

  static void log(Exception e) {
    log.debug("nothing to cancel any more", e);
  }
}
