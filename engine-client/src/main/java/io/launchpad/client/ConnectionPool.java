// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.protocol.Transport;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Authenticated connections, kept for the next execution when one has ended.
final class ConnectionPool implements AutoCloseable {
  private final ClientConfig config;
  private final Connector connector;
  private final Semaphore permits;
  private final Deque<Lease.Pooled> idle = new ArrayDeque<>();
  private boolean closed;

  ConnectionPool(ClientConfig config, NetworkLoops loops) {
    this.config = config;
    connector =
        new Connector(
            loops,
            new LocalInfo(
                config.software(), capabilities(config.transport()), config.initialCredit(), ""),
            new SecureRandom());
    permits = new Semaphore(config.connectionsMax(), true);
  }

  /// Checksums only where bytes leave the machine.
  private static Set<String> capabilities(Transport transport) {
    return switch (transport) {
      case Transport.Unix _ -> Set.of("exit-report");
      case Transport.Tcp _, Transport.TcpTls _ -> Set.of("exit-report", "crc32c");
    };
  }

  /// Takes this many connections, all or none, so that parallel requests cannot wait for each
  /// other.
  List<Lease> borrow(int count) throws ScriptException {
    if (count > config.connectionsMax()) {
      throw ScriptException.of(
          ErrorCode.TOO_MANY_CONNECTIONS,
          count
              + " parallel tasks need as many connections; the client has "
              + config.connectionsMax());
    }
    acquire(count);
    List<Lease> leases = new ArrayList<>();
    try {
      while (leases.size() < count) {
        leases.add(new Lease(this, take()));
      }
      return leases;
    } catch (ScriptException e) {
      leases.forEach(Lease::release);
      permits.release(count - leases.size());
      throw e;
    }
  }

  private void acquire(int count) throws ScriptException {
    try {
      if (!permits.tryAcquire(count, config.connectionWait().toMillis(), TimeUnit.MILLISECONDS)) {
        throw ScriptException.of(
            ErrorCode.TOO_MANY_CONNECTIONS,
            "all "
                + config.connectionsMax()
                + " connections were in use for "
                + config.connectionWait());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ScriptException.of(
          ErrorCode.TOO_MANY_CONNECTIONS, "interrupted while waiting for a connection", e);
    }
  }

  private Lease.Pooled take() throws ScriptException {
    synchronized (idle) {
      if (closed) {
        throw ScriptException.of(ErrorCode.UNREACHABLE, "the client is closed");
      }
      Lease.Pooled pooled;
      while ((pooled = idle.poll()) != null) {
        if (!pooled.connection().isClosed()) {
          return pooled;
        }
      }
    }
    return connect();
  }

  private Lease.Pooled connect() throws ScriptException {
    Lease.Pooled[] made = new Lease.Pooled[1];
    var connecting =
        connector
            .connect(
                config.transport(),
                config.credentials(),
                config.connectTimeout(),
                connection -> made[0] = new Lease.Pooled(connection))
            .toCompletableFuture();
    try {
      Connection _ = connecting.get(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
      return made[0];
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProtocolException refused
          ? ScriptException.of(refused.error(), refused)
          : ScriptException.of(ErrorCode.UNREACHABLE, "cannot connect: " + e.getCause(), e);
    } catch (TimeoutException e) {
      connecting.thenAccept(Connection::close);
      throw ScriptException.of(
          ErrorCode.UNREACHABLE,
          "no connection to " + config.transport() + " within " + config.connectTimeout(),
          e);
    } catch (InterruptedException e) {
      connecting.thenAccept(Connection::close);
      Thread.currentThread().interrupt();
      throw ScriptException.of(ErrorCode.UNREACHABLE, "interrupted while connecting", e);
    }
  }

  void giveBack(Lease.Pooled pooled) {
    boolean keep;
    synchronized (idle) {
      keep = !closed && !pooled.connection().isClosed();
      if (keep) {
        idle.push(pooled);
      }
    }
    if (!keep) {
      pooled.connection().close();
    }
    permits.release();
  }

  int idle() {
    synchronized (idle) {
      return idle.size();
    }
  }

  @Override
  public void close() {
    List<Lease.Pooled> last;
    synchronized (idle) {
      closed = true;
      last = List.copyOf(idle);
      idle.clear();
    }
    last.forEach(pooled -> pooled.connection().close());
  }
}
