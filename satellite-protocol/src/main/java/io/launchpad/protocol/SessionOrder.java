// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// Which message may come when, PROTOCOL.md section 7: one session at a time, exactly one terminal
/// message. One object watches one end of one connection.
final class SessionOrder {
  enum Side {
    CLIENT,
    SERVER
  }

  /// What the client, the asking side, may still receive.
  private enum Phase {
    IDLE,
    ASKED,
    STARTED
  }

  private final Side side;
  private Phase phase = Phase.IDLE;
  private boolean exitExpected;
  private boolean exitWanted;

  SessionOrder(Side side) {
    this.side = side;
  }

  boolean inSession() {
    return phase != Phase.IDLE;
  }

  Side side() {
    return side;
  }

  /// Takes note of a message this end sends. Sending out of order is a defect of this end.
  void sending(Message message) {
    switch (message) {
      case Execute execute -> {
        if (side != Side.CLIENT || phase != Phase.IDLE) {
          throw new IllegalStateException("EXECUTE while a session is " + phase);
        }
        asked(execute);
      }
      case Message.Terminal _ -> {
        if (side != Side.SERVER || phase == Phase.IDLE) {
          throw new IllegalStateException(message.type() + " without a session");
        }
        phase = Phase.IDLE;
      }
      case Message.Hello _,
          Message.Welcome _,
          Message.Authenticate _,
          Message.Authenticated _,
          Message.Refused _,
          Message.Queued _,
          Message.Started _,
          Message.Exited _,
          Message.Cancel _,
          Message.Credit _,
          Message.Output _,
          Message.Ping _,
          Message.Pong _ -> {}
    }
  }

  /// Checks a message from the peer. Returns whether it concerns a session that is there: a cancel
  /// that crossed the terminal message does not.
  boolean received(Message message) {
    switch (message) {
      case Execute execute -> {
        check(message, side == Side.SERVER && phase == Phase.IDLE);
        asked(execute);
      }
      case Message.Cancel _ -> {
        check(message, side == Side.SERVER);
        return phase != Phase.IDLE;
      }
      case Message.Queued _ -> check(message, side == Side.CLIENT && phase == Phase.ASKED);
      case Message.Started _ -> {
        check(message, side == Side.CLIENT && phase == Phase.ASKED);
        phase = Phase.STARTED;
      }
      case Message.Output _ -> check(message, side == Side.CLIENT && phase == Phase.STARTED);
      case Message.Completed _ -> terminal(message, phase == Phase.STARTED);
      case Message.Failed _, Message.Cancelled _ -> terminal(message, phase != Phase.IDLE);
      case Message.Exited _ -> {
        check(message, side == Side.CLIENT && exitExpected && phase == Phase.IDLE);
        exitExpected = false;
      }
      case Message.Hello _,
          Message.Welcome _,
          Message.Authenticate _,
          Message.Authenticated _,
          Message.Refused _ ->
          check(message, false);
      case Message.Credit _, Message.Ping _, Message.Pong _ -> {}
    }
    return true;
  }

  private void asked(Execute execute) {
    phase = Phase.ASKED;
    exitWanted = execute.reportExit();
    exitExpected = false;
  }

  private void terminal(Message message, boolean allowed) {
    check(message, side == Side.CLIENT && allowed);
    phase = Phase.IDLE;
    exitExpected = exitWanted;
  }

  private void check(Message message, boolean allowed) {
    if (!allowed) {
      throw ProtocolException.violation(
          "%s does not belong here (%s, session %s)", message.type(), side, phase);
    }
  }
}
