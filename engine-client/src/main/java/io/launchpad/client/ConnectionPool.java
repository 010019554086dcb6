// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Limits;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.protocol.Transport;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Authenticated connections, kept for the next execution when one has ended.
final class ConnectionPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  private final ClientConfig config;
  private final NetworkLoops loops;
  private final Connector connector;
  private final Semaphore permits;

  /// Launchpad closes connections of one peer beyond a number that have not been authenticated.
  private final Semaphore handshakes = new Semaphore(Limits.CLIENT_HANDSHAKES, true);

  private final Deque<Lease.Pooled> idle = new ArrayDeque<>();
  private volatile boolean closed;

  ConnectionPool(ClientConfig config, NetworkLoops loops) {
    this.config = config;
    this.loops = loops;
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
    checkOpen();
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

  private void checkOpen() throws ScriptException {
    if (closed) {
      throw ScriptException.of(ErrorCode.UNREACHABLE, "the client is closed");
    }
  }

  private Lease.Pooled take() throws ScriptException {
    checkOpen();
    synchronized (idle) {
      Lease.Pooled pooled;
      while ((pooled = idle.poll()) != null) {
        if (!pooled.connection().isClosed()) {
          return pooled;
        }
      }
    }
    return connectInTurn();
  }

  private Lease.Pooled connectInTurn() throws ScriptException {
    try {
      if (!handshakes.tryAcquire(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw ScriptException.of(
            ErrorCode.UNREACHABLE,
            Limits.CLIENT_HANDSHAKES
                + " connections were being made to "
                + config.transport()
                + " and none was done within "
                + config.connectTimeout());
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      return connect();
    } finally {
      handshakes.release();
    }
  }

  private static ScriptException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return ScriptException.of(ErrorCode.UNREACHABLE, "interrupted while connecting", cause);
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
      checkOpen();
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
      throw interrupted(e);
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

  /// Gives no more connections, closes those there are, in use or not, and waits until nobody holds
  /// one: from then on nothing needs the event loops.
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.clear();
    }
    loops.closeConnections(
        ProtocolException.of(ErrorCode.CONNECTION_LOST, "the client was closed"));
    try {
      if (permits.tryAcquire(
          config.connectionsMax(), CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        // For who still waits: it is told that the client is closed.
        permits.release(config.connectionsMax());
      } else {
        LOG.error("executions did not end within {} of the client's end", CLOSE_TIME);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
