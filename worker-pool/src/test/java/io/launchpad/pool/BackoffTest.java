// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Throwable cause = new IllegalStateException("no fork");
  private final Backoff backoff =
      new Backoff(
          new PoolConfig.Starts(
              1, Duration.ofNanos(500), Duration.ofNanos(100), Duration.ofNanos(1000), 3),
          RandomGenerator.getDefault());

  @Test
  void failed_doublesThePauseUpToTheMaximum() {
    for (int failures = 1; failures <= 8; failures++) {
      backoff.failed(failures, failures, 0, cause);
      long pause = Math.min(1000, 100L << (failures - 1));
      assertEquals(failures, backoff.consecutive());
      assertTrue(backoff.notBeforeNanos() >= pause / 2 && backoff.notBeforeNanos() <= pause);
    }
  }

  @Test
  void failed_countsOnceWhatWasUnderWayAtAnEarlierFailure() {
    backoff.failed(1, 3, 0, cause);
    backoff.failed(2, 5, 10, cause);
    backoff.failed(3, 5, 10, cause);
    assertEquals(1, backoff.consecutive());
    backoff.failed(4, 5, 10, cause);
    assertEquals(2, backoff.consecutive());
  }

  @Test
  void failures_areForgottenAfterAQuietTime() {
    backoff.failed(1, 1, 0, cause);
    assertEquals(cause, backoff.last(2499));
    assertFalse(backoff.remembers(2500));
    assertEquals(null, backoff.last(2500));
    backoff.failed(2, 2, 5000, cause);
    assertEquals(1, backoff.consecutive());
  }

  @Test
  void forget_endsThePause() {
    backoff.failed(1, 1, 0, cause);
    assertTrue(backoff.blocks(1));
    backoff.forget();
    assertFalse(backoff.blocks(1));
  }
}
