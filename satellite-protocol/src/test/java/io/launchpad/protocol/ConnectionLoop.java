// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.concurrent.ExecutionException;

/// Connects until the server has room.
final class ConnectionLoop {
  private ConnectionLoop() {}

  static void untilConnected(Ends ends) throws Exception {
    while (true) {
      try {
        ends.connected(new RecordingHandler());
        return;
      } catch (ExecutionException full) {
        // The server has not yet noticed that the others are gone; the test's timeout bounds this.
        Thread.onSpinWait();
      }
    }
  }
}
