// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite;

import io.launchpad.satellite.session.SessionHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/// Goes on warming while nobody asks for anything: what every session does is interpreted at first,
/// and is compiled after some hundred sessions. A parked virtual machine has time for that, a call
/// has not.
///
/// Between two plays it rests several times as long as the last one took. So it takes a small part
/// of one processor, less where processors are short; and a request seldom meets a play that it has
/// to wait for, which then takes a few milliseconds.
final class IdleWarmUp {
  /// After so many a play takes a third of the time of the first, and not much less later.
  static final int PLAYS = 200;

  private static final int REST_PER_PLAY = 9;
  private static final Duration FIRST_REST = Duration.ofMillis(100);

  /// A session played to the satellite itself.
  interface Play {
    void run() throws IOException, InterruptedException, ExecutionException;
  }

  private IdleWarmUp() {}

  /// Returns when there is a request, or nothing more to be gained.
  ///
  /// @throws ExecutionException when the connection is gone
  static void awaitRequest(SessionHandler handler, Play play)
      throws IOException, InterruptedException, ExecutionException {
    Duration rest = FIRST_REST;
    for (int played = 0; played < PLAYS && !handler.awaitRequest(rest); played++) {
      long began = System.nanoTime();
      play.run();
      rest = Duration.ofNanos(System.nanoTime() - began).multipliedBy(REST_PER_PLAY);
    }
  }
}
