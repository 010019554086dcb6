// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Counts failed authentications and says how long each answer waits: longer the more fail in a
/// row.
final class AuthenticationFailures {
  private static final long FIRST_MILLIS = 100;
  private static final int DOUBLINGS = 5;

  private final AtomicLong total = new AtomicLong();
  private final AtomicInteger inRow = new AtomicInteger();
  private final Consumer<PeerIdentity> observer;

  AuthenticationFailures(Consumer<PeerIdentity> observer) {
    this.observer = observer;
  }

  Duration failed(PeerIdentity peer) {
    total.incrementAndGet();
    observer.accept(peer);
    int doublings = Math.min(DOUBLINGS, inRow.getAndUpdate(n -> Math.min(n + 1, DOUBLINGS)));
    return Duration.ofMillis(FIRST_MILLIS << doublings);
  }

  void succeeded() {
    inRow.set(0);
  }

  long total() {
    return total.get();
  }
}
