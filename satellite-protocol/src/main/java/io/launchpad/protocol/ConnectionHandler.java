// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// What happens on a connection once the handshake is over. Called on the event loop, so it must
/// not block.
public interface ConnectionHandler {
  /// A message about a session. Its order was checked; credits, pings and late cancels do not come
  /// here.
  void message(Connection connection, Message message);

  /// The connection is gone; called once, last. Everything that was pending on it has failed with
  /// the same cause.
  void closed(Connection connection, ProtocolException cause);
}
