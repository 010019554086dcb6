// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.WorkerPool;
import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.service.config.LimitsConfig;
import io.launchpad.service.engine.ConfiguredEngines;
import io.launchpad.service.engine.EngineRights;
import io.launchpad.service.launcher.LimitedPool;
import io.launchpad.service.launcher.Runtimes;
import io.launchpad.service.launcher.Satellite;
import io.launchpad.service.launcher.WarmUps;
import io.launchpad.service.monitoring.SessionObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// All engines' connections and all sessions that run on them.
public final class Sessions {
  /// How long cancelled sessions may take to end, behind their own grace, when the service shuts
  /// down.
  private static final Duration CANCEL_TIME = Duration.ofSeconds(2);

  /// How long the first task of a parallel request waits for the last.
  private static final Duration GATHER_TIME = Duration.ofSeconds(10);

  private final SessionServices services;
  private final ConfiguredEngines engines;
  private final Map<String, Integer> connections = new HashMap<>();
  private final Set<Session> running = new HashSet<>();
  private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();
  private boolean draining;

  private Sessions(SessionServices services, ConfiguredEngines engines) {
    this.services = services;
    this.engines = engines;
  }

  /// Sessions on the satellites of a pool.
  ///
  /// @param timer bounds how long the tasks of one request wait for each other
  /// @param resourcePools those a request may use, by name
  /// @param transit memory for bytes on their way
  /// @param validation where output is validated that would keep an event loop too long
  public static Sessions over(
      WorkerPool<Satellite> pool,
      ScheduledExecutorService timer,
      Runtimes runtimes,
      Map<String, LimitedPool> resourcePools,
      WarmUps warmUps,
      LimitsConfig limits,
      SessionObserver observer,
      TransitMemory transit,
      Executor validation,
      ConfiguredEngines engines) {
    var services =
        new SessionServices(
            new TaskGate(pool, timer, GATHER_TIME),
            pool::snapshot,
            runtimes,
            resourcePools,
            warmUps,
            limits,
            observer,
            transit,
            validation,
            System::nanoTime,
            () -> UUID.randomUUID().toString());
    return new Sessions(services, engines);
  }

  /// Takes an engine that was let in. To be called on the connection's event loop.
  public ConnectionHandler engineConnected(Connection connection) {
    String engineId = connection.peer().engineId();
    synchronized (this) {
      if (connections.getOrDefault(engineId, 0) >= engines.connectionsMax(engineId)) {
        throw ProtocolException.of(
            ErrorCode.TOO_MANY_CONNECTIONS,
            "engine %s has %d connections, all it may have (engine.%s.connections-max)",
            engineId,
            engines.connectionsMax(engineId),
            engineId);
      }
      connections.merge(engineId, 1, Integer::sum);
    }
    services.observer().connectionOpened();
    return new EngineConnection(this, connection, engines.rights(engineId));
  }

  void left(EngineConnection connection, String engineId) {
    services.observer().connectionClosed();
    synchronized (this) {
      connections.computeIfPresent(engineId, (_, open) -> open == 1 ? null : open - 1);
    }
  }

  /// Starts a session on a thread of its own; null when the service takes none any more, which the
  /// engine was told.
  @Nullable Session start(EngineConnection connection, EngineRights rights, Execute request) {
    Session session;
    synchronized (this) {
      if (draining) {
        connection.send(
            new Message.Failed(
                ErrorInfo.of(ErrorCode.SHUTTING_DOWN, "the service is shutting down")
                    .withRetrySafe(true),
                Message.Times.ZERO,
                Optional.empty()));
        return null;
      }
      session = new Session(services, connection, rights, request);
      running.add(session);
    }
    session.ask();
    Thread.ofVirtual()
        .name("session-" + request.requestId())
        .start(() -> {
          try {
            session.run();
          } finally {
            ended(session);
            connection.left(session);
          }
        });
    return session;
  }

  private synchronized void ended(Session session) {
    running.remove(session);
    if (draining && running.isEmpty()) {
      idle.complete(null);
    }
  }

  public synchronized int running() {
    return running.size();
  }

  public synchronized boolean isDraining() {
    return draining;
  }

  /// Takes no more requests, lets those that run go on for `grace`, then cancels them.
  public void drain(Duration grace) throws InterruptedException {
    synchronized (this) {
      draining = true;
      if (running.isEmpty()) {
        idle.complete(null);
      }
    }
    if (waitForIdle(grace)) {
      return;
    }
    synchronized (this) {
      running.forEach(session -> session.post(new SessionEvent.ShuttingDown()));
    }
    waitForIdle(services.limits().grace().plus(CANCEL_TIME));
  }

  private boolean waitForIdle(Duration time) throws InterruptedException {
    try {
      idle.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }
}
