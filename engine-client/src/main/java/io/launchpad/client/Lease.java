// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.ProtocolException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The use of one pooled connection by one execution. It goes back when the session is over and is
/// thrown away when it was broken off.
final class Lease {
  private final ConnectionPool pool;
  private final Pooled pooled;
  private final AtomicBoolean ended = new AtomicBoolean();

  Lease(ConnectionPool pool, Pooled pooled) {
    this.pool = pool;
    this.pooled = pooled;
  }

  Connection connection() {
    return pooled.connection();
  }

  /// Makes the execution hear what happens on the connection; on its event loop.
  void attach(Execution execution) {
    pooled.execution = execution;
    if (connection().isClosed()) {
      var _ = connection().closed().thenAccept(execution::lost);
    }
  }

  void release() {
    if (ended.compareAndSet(false, true)) {
      pooled.execution = null;
      pool.giveBack(pooled);
    }
  }

  void breakOff(String why) {
    if (ended.compareAndSet(false, true)) {
      pooled.execution = null;
      connection()
          .fail(ProtocolException.of(ErrorCode.CONNECTION_LOST, "closed by the client: %s", why));
      pool.giveBack(pooled);
    }
  }

  /// A connection and who uses it now.
  static final class Pooled implements ConnectionHandler {
    private final Connection connection;
    private volatile @Nullable Execution execution;

    Pooled(Connection connection) {
      this.connection = connection;
    }

    Connection connection() {
      return connection;
    }

    @Override
    public void message(Connection from, Message message) {
      Execution current = execution;
      if (current != null) {
        current.message(message);
      }
    }

    @Override
    public void closed(Connection from, ProtocolException cause) {
      Execution current = execution;
      if (current != null) {
        current.lost(cause);
      }
    }
  }
}
