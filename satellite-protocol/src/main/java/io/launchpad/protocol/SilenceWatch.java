// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Waits until nothing more comes from a peer that can say nothing new: what it sent before its end
/// may still be under way. On the event loop.
final class SilenceWatch {
  /// How long the second channel of the split profile may be silent when the first has ended.
  static final Duration HALF_CLOSED_TIME = Duration.ofMillis(500);

  /// How long the channels may be silent when nobody is left who could write to them.
  static final Duration ABANDONED_TIME = Duration.ofMillis(100);

  private final EventLoop loop;
  private final LongSupplier bytesReceived;
  private final Runnable silent;

  /// @param silent called when nothing has come for the time; that does nothing when it was too
  ///   late
  SilenceWatch(EventLoop loop, LongSupplier bytesReceived, Runnable silent) {
    this.loop = loop;
    this.bytesReceived = bytesReceived;
    this.silent = silent;
  }

  void begin(Duration time) {
    long before = bytesReceived.getAsLong();
    var _ =
        loop.schedule(
            () -> {
              if (bytesReceived.getAsLong() == before) {
                silent.run();
              } else {
                begin(time);
              }
            },
            time.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
