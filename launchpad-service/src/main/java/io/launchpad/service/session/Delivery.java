// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.bxl.BxlTotals;
import java.util.Optional;

/// The frames of a stream on their way to the engine's socket, and whether all have arrived.
///
/// They begin on the thread that validates them and end on the engine's event loop: while the last
/// one is begun, the one before may be done any moment and must not be taken for the last. So a
/// frame is counted and the stream known to end in one step.
final class Delivery {
  private Optional<BxlTotals> totals = Optional.empty();
  private boolean closed;
  private int underWay;

  /// A frame is about to be sent.
  ///
  /// @param ends what the stream holds, when this frame is its last
  synchronized void begin(Optional<BxlTotals> ends) {
    underWay++;
    totals = ends;
  }

  /// A frame has been sent, or could not be. True when that was the last of a whole stream.
  synchronized boolean end(boolean taken) {
    underWay--;
    closed |= !taken;
    return !closed && underWay == 0 && totals.isPresent();
  }

  /// What the stream holds, once its last frame is on its way.
  synchronized Optional<BxlTotals> totals() {
    return totals;
  }

  /// Nothing more is sent, and the stream is never whole.
  synchronized void close() {
    closed = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
