// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.Optional;

/// What messages mean on a connection: first the handshake, then sessions. On the event loop.
interface ConnectionPhase {
  /// Takes a message from the peer. Throws [ProtocolException] when it does not belong there.
  void received(Message message);

  /// Takes note of a message that this end is about to send. Sending out of order is a defect of
  /// this end.
  void sending(Message message);

  /// What the peer is told when the connection ends with this error, if it waits for anything.
  Optional<Message> lastWord(ErrorInfo error);

  /// The connection is gone.
  void closed(ProtocolException cause);
}
