// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The events of one session, in the order they were posted.
final class Mailbox {
  private final LinkedBlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();
  private final LongSupplier nanoTime;

  Mailbox(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Callable from any thread.
  void post(SessionEvent event) {
    events.add(event);
  }

  /// The next event, or null when there is none until then.
  @Nullable SessionEvent await(long untilNanos) throws InterruptedException {
    long left = Math.max(0, untilNanos - nanoTime.getAsLong());
    return events.poll(left, TimeUnit.NANOSECONDS);
  }
}
