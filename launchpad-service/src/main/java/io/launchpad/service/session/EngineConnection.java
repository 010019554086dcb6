// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.ProtocolException;
import io.launchpad.service.engine.EngineRights;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One authenticated connection of an engine: at most one session at a time.
///
/// State lives on the connection's event loop.
final class EngineConnection implements ConnectionHandler {
  private final Sessions sessions;
  private final Connection connection;
  private final EngineRights rights;
  private @Nullable Session current;

  EngineConnection(Sessions sessions, Connection connection, EngineRights rights) {
    this.sessions = sessions;
    this.connection = connection;
    this.rights = rights;
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void message(Connection source, Message message) {
    switch (message) {
      case Execute request -> current = sessions.start(this, rights, request);
      case Message.Cancel(var reason) -> {
        if (current != null) {
          current.post(new SessionEvent.CancelRequested(reason));
        }
      }
      default -> throw ProtocolException.violation("%s from an engine", message.type());
    }
  }

  @Override
  public void closed(Connection source, ProtocolException cause) {
    if (current != null) {
      current.post(new SessionEvent.EngineGone());
    }
    sessions.left(this, rights.engineId());
  }

  /// Sends a message of the session. Its loss shows as the end of the connection.
  void send(Message message) {
    var _ = connection.send(message);
  }

  /// Sends a piece of what was printed, behind everything sent before.
  ///
  /// Always as a task of the loop: where the satellite's connection has the same loop, sending at
  /// once would overtake what the session's thread has sent a moment ago, such as `STARTED`.
  void print(Message.Output output, Runnable taken) {
    boolean there =
        connection.execute(() -> {
          var _ = connection.send(output).whenComplete((_, _) -> taken.run());
        });
    if (!there) {
      taken.run();
    }
  }

  /// Ends the session's streams and sends its last word, in one step as the engine sees it.
  ///
  /// @return false when nobody is there to take it
  boolean answer(Session session, Message.Terminal terminal, Relay relay) {
    relay.close();
    var sent = new CompletableFuture<Boolean>();
    boolean taken =
        connection.execute(() -> {
          boolean there = current == session && !connection.isClosed();
          if (there) {
            connection.closeStreams();
            send(terminal);
          }
          sent.complete(there);
        });
    return taken && sent.join();
  }

  /// A session is over, with its clean-up. What it held may go, although the connection stays.
  void left(Session session) {
    boolean _ =
        connection.execute(() -> {
          if (current == session) {
            current = null;
          }
        });
  }

  /// Reports how the satellite of a session ended, unless the next session has begun.
  void exited(Session session, Message.Exited report) {
    boolean _ =
        connection.execute(() -> {
          if (current == session && !connection.isClosed()) {
            send(report);
          }
        });
  }
}
