// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.protocol.Message.Times;

/// When a session passed each of its points. What it has not reached counts as no time.
///
/// queue: arrival to lease. lease: until `EXECUTE` was handed to the satellite's channel. start:
/// until the satellite had the script. run: until its last word. drain: until the answer.
final class SessionTimes {
  private static final int POINTS = 6;
  private final long[] nanos = new long[POINTS];
  private int reached;

  SessionTimes(long arrivedNanos) {
    nanos[0] = arrivedNanos;
  }

  void leased(long now) {
    reach(1, now);
  }

  void handedOver(long now) {
    reach(2, now);
  }

  void started(long now) {
    reach(3, now);
  }

  void spoken(long now) {
    reach(4, now);
  }

  void answered(long now) {
    reach(5, now);
  }

  /// Points that were left out happen now.
  private void reach(int point, long now) {
    for (int i = reached + 1; i <= point; i++) {
      nanos[i] = now;
    }
    reached = Math.max(reached, point);
  }

  Times times() {
    return new Times(micros(1), micros(2), micros(3), micros(4), micros(5));
  }

  private long micros(int point) {
    return point > reached ? 0 : (nanos[point] - nanos[point - 1]) / 1_000;
  }
}
