// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes one message after the other, to the end, whatever that is: who waits for an answer must
/// not wait for a thread that is gone.
final class ReceiveLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiveLoop.class);

  private ReceiveLoop() {}

  /// Where messages come from.
  @FunctionalInterface
  interface Source {
    /// The next one, or null at the end.
    ControlSocket.@Nullable Received next() throws IOException;
  }

  /// What is done with a message.
  @FunctionalInterface
  interface Target {
    void take(ControlSocket.Received received) throws IOException;
  }

  /// Returns why there are no more messages.
  static String run(Source source, Target target) {
    try {
      ControlSocket.Received received = source.next();
      while (received != null) {
        target.take(received);
        received = source.next();
      }
      return "the connection to the broker was closed";
    } catch (IOException e) {
      return "the connection to the broker failed: " + e.getMessage();
    } catch (RuntimeException | Error e) {
      LOG.error("defect while a message of the broker was handled", e);
      return "a defect while a message of the broker was handled: " + e;
    }
  }
}
