// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.Optional;

/// Sessions, one after the other, once the handshake is over: holds the peer to their order, keeps
/// for the connection what is its own business, and hands the rest on.
final class SessionPhase implements ConnectionPhase {
  private final Connection connection;
  private final SessionOrder order;
  private final ConnectionHandler handler;
  private final StreamTable streams;
  private final Pings pings;

  SessionPhase(
      Connection connection,
      SessionOrder order,
      ConnectionHandler handler,
      StreamTable streams,
      Pings pings) {
    this.connection = connection;
    this.order = order;
    this.handler = handler;
    this.streams = streams;
    this.pings = pings;
  }

  boolean isClient() {
    return order.side() == SessionOrder.Side.CLIENT;
  }

  @Override
  public void received(Message message) {
    boolean current = order.received(message);
    switch (message) {
      case Message.Ping(var payload) -> connection.send(new Message.Pong(payload));
      case Message.Pong(var payload) -> pings.answered(payload);
      case Message.Credit credit -> streams.credited(credit, order.inSession());
      case Execute _ -> {
        // The peer has seen the terminal message: nothing of the old session can follow.
        streams.forgetInbound();
        handler.message(connection, message);
        // The handler has opened the streams that may have come ahead on the other channel.
        connection.readData();
      }
      default -> {
        if (current) {
          handler.message(connection, message);
        }
      }
    }
  }

  @Override
  public void sending(Message message) {
    order.sending(message);
  }

  /// A bad request has begun no session, but who sent it waits for its end.
  @Override
  public Optional<Message> lastWord(ErrorInfo error) {
    boolean awaited = !isClient() && (order.inSession() || error.code() == ErrorCode.BAD_REQUEST);
    return awaited
        ? Optional.of(new Message.Failed(error, Message.Times.ZERO, Optional.empty()))
        : Optional.empty();
  }

  @Override
  public void closed(ProtocolException cause) {
    handler.closed(connection, cause);
  }
}
