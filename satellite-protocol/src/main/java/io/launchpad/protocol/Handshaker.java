// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Drives a [Handshake] over a connection, within its deadline.
final class Handshaker implements ConnectionPhase {
  private final Connection connection;
  private final Handshake handshake;
  private final EventLoop loop;
  private final Function<Connection, ConnectionHandler> established;
  private final CompletableFuture<Connection> done;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean refusing;

  /// @param established called on the event loop when the handshake is over, before anything else
  ///   is read; gives the handler of all that follows
  Handshaker(
      Connection connection,
      Handshake handshake,
      EventLoop loop,
      Function<Connection, ConnectionHandler> established,
      CompletableFuture<Connection> done) {
    this.connection = connection;
    this.handshake = handshake;
    this.loop = loop;
    this.established = established;
    this.done = done;
  }

  void begin() {
    Duration time = handshake.time();
    deadline =
        loop.schedule(
            () ->
                connection.fail(
                    ProtocolException.violation(
                        "the handshake took longer than %d ms", time.toMillis())),
            time.toMillis(),
            TimeUnit.MILLISECONDS);
    handshake.open().forEach(connection::send);
  }

  @Override
  public void received(Message message) {
    if (message instanceof Message.Refused(var error)) {
      connection.finish(new ProtocolException(error));
      return;
    }
    if (refusing) {
      throw ProtocolException.violation("%s after a refusal", message.type());
    }
    switch (handshake.receive(message)) {
      case Handshake.Continue(var send) -> send.forEach(connection::send);
      case Handshake.Done(var send, var peer) -> {
        connection.peerKnown(peer);
        // Before the last messages: who is not taken after all is refused, and can read why.
        ConnectionHandler handler = established.apply(connection);
        send.forEach(connection::send);
        cancelDeadline();
        connection.handshakeOver(handshake.side(), handler);
        done.complete(connection);
      }
      case Handshake.Refuse(var error, var delay) -> {
        refusing = true;
        var _ =
            loop.schedule(
                () -> connection.fail(new ProtocolException(error)),
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
      }
    }
  }

  @Override
  public void sending(Message message) {}

  @Override
  public Optional<Message> lastWord(ErrorInfo error) {
    return Optional.of(new Message.Refused(error));
  }

  @Override
  public void closed(ProtocolException cause) {
    cancelDeadline();
    done.completeExceptionally(cause);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
