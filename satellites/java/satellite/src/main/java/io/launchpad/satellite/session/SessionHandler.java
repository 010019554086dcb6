// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.protocol.Connection;
import io.launchpad.protocol.ConnectionHandler;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.ProtocolException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;

/// The satellite's end of its connection: takes the one request on the event loop, and runs it on
/// the thread that waits for it.
public final class SessionHandler implements ConnectionHandler {
  private record Asked(Connection connection, Execute request, SessionStreams streams) {}

  private final Interrupts interrupts;
  private final Consumer<ProtocolException> gone;
  private final CompletableFuture<Asked> asked = new CompletableFuture<>();
  private final CompletableFuture<ProtocolException> closed = new CompletableFuture<>();
  private volatile boolean served;

  /// @param gone told, on the event loop, when the connection is gone
  public SessionHandler(Interrupts interrupts, Consumer<ProtocolException> gone) {
    this.interrupts = interrupts;
    this.gone = gone;
  }

  @Override
  public void message(Connection connection, Message message) {
    switch (message) {
      case Execute request ->
          asked.complete(new Asked(connection, request, SessionStreams.open(connection, request)));
      case Message.Cancel _ -> interrupts.request();
      // The order of messages lets a server hear nothing else.
      default -> throw ProtocolException.violation("%s to a satellite", message.type());
    }
  }

  @Override
  public void closed(Connection connection, ProtocolException cause) {
    if (!served) {
      gone.accept(cause);
    }
    closed.complete(cause);
    asked.completeExceptionally(cause);
  }

  /// Waits for the request.
  ///
  /// @param time at most
  /// @return whether it is there
  public boolean awaitRequest(Duration time) throws InterruptedException, ExecutionException {
    try {
      var _ = asked.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /// Waits for the request and runs it to its end.
  public void serve(SessionSetting setting, BufferAllocator allocator)
      throws InterruptedException, ExecutionException {
    Asked found = asked.get();
    try (var session =
        new Session(found.connection(), found.request(), found.streams(), setting, allocator)) {
      session.run();
    }
    served = true;
  }

  /// Lets the peer close first, but does not wait for ever.
  ///
  /// @param time at most
  public void part(Duration time) throws InterruptedException, ExecutionException {
    asked.get().connection().shutdownOutput();
    try {
      var _ = closed.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It has had time to read what there was.
    }
  }
}
