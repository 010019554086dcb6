// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.StatementFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries a request to stop from another thread to whatever is under way.
public final class Cancellation {

  private static final Logger log = LoggerFactory.getLogger(Cancellation.class);

  private final Deque<Runnable> actions = new ArrayDeque<>();
  private boolean requested;

  /// The end of a stretch of work that can be cancelled.
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  public synchronized void reset() {
    requested = false;
  }

  public synchronized boolean requested() {
    return requested;
  }

  public void throwIfRequested() {
    if (requested()) {
      throw Cancellation.failure();
    }
  }

  /// Runs the action if a request comes before the scope is closed, at once if it has come already.
  public Scope during(Runnable action) {
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

  /// Interrupts the connection from a request on until the scope is closed. Throws when a request
  /// has come already.
  Scope interrupting(DuckDBConnection connection) {
    throwIfRequested();
    var interruption = new Interruption(connection);
    Scope scope = during(interruption::begin);
    return () -> {
      scope.close();
      interruption.end();
    };
  }

  private synchronized void remove(Runnable action) {
    actions.remove(action);
  }

  public void request() {
    List<Runnable> now;
    synchronized (this) {
      requested = true;
      now = List.copyOf(actions);
    }
    now.forEach(Runnable::run);
  }

  public static StatementFailure failure() {
    return StatementFailure.of(EngineError.CANCELLED, "The statement was cancelled.");
  }

  public static void log(Throwable e) {
    log.debug("nothing to cancel any more", e);
  }
}
