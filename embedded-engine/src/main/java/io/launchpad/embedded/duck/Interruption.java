// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.duck;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// Interrupts what a connection does, again and again until that has ended.
///
/// Once would not do: DuckDB forgets an interrupt when a statement begins, so one that comes just
/// before is lost. And `Statement.cancel` would not do: it does nothing while rows are streamed,
/// when an hour of work may lie before the next one. What it calls when it does something is not
/// public, hence the handles; a driver without them fails when this class is loaded.
///
/// After [#end] has returned, nothing more is interrupted.
final class Interruption {

  private static final long PAUSE_MILLIS = 10;
  private static final MethodHandle INTERRUPT;
  private static final VarHandle LOCK;

  static {
    try {
      var driver = MethodHandles.privateLookupIn(DuckDBConnection.class, MethodHandles.lookup());
      var type = MethodType.methodType(void.class);
      INTERRUPT = driver.findVirtual(DuckDBConnection.class, "interrupt", type);
      LOCK = driver.findVarHandle(DuckDBConnection.class, "connRefLock", ReentrantLock.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final DuckDBConnection connection;
  private @Nullable Thread thread;
  private boolean ended;

  Interruption(DuckDBConnection connection) {
    this.connection = connection;
  }

  synchronized void begin() {
    if (thread == null) {
      thread = Thread.ofVirtual().name("duckdb-interruption").start(this::repeat);
    }
  }

  private synchronized void repeat() {
    try {
      while (!ended) {
        interrupt();
        wait(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void interrupt() {
    var lock = (ReentrantLock) LOCK.get(connection);
    lock.lock();
    try {
      INTERRUPT.invoke(connection);
    } catch (Throwable e) {
      // The connection was closed meanwhile.
      Cancellation.log(e);
    } finally {
      lock.unlock();
    }
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }
}
