// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolConfigTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static String refused(Runnable construction) {
    var thrown = assertThrows(IllegalArgumentException.class, construction::run);
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void admission_isRefusedWhenMoreSessionsThanSlots() {
    assertEquals(
        "sessionsMax is 5, must be at most slotsMax (4)",
        refused(() -> new PoolConfig.Admission(4, 5, 1, Map.of(), 1, 1, SECOND)));
  }

  @Test
  void parking_isRefusedWhenTheMinimaExceedTheMaximumInAll() {
    var ranges =
        Map.of(
            PoolFixture.KEY,
            new PoolConfig.Range(2, 3),
            PoolFixture.OTHER_KEY,
            new PoolConfig.Range(1, 1));
    assertEquals(
        "the sum of parked minima is 3, must be at most parkedMax (2)",
        refused(() -> new PoolConfig.Parking(ranges, 2, SECOND, 1, SECOND, SECOND)));
  }

  @Test
  void range_isRefusedWhenTheMaximumIsBelowTheMinimum() {
    assertEquals(
        "parked maximum is 1, must be at least 2", refused(() -> new PoolConfig.Range(2, 1)));
  }

  @Test
  void starts_areRefusedWhenTheBackoffShrinksOrADeadlineIsMissing() {
    assertEquals(
        "backoffMax PT1S is less than backoffMin PT2S",
        refused(() -> new PoolConfig.Starts(1, SECOND, SECOND.multipliedBy(2), SECOND, 1)));
    assertEquals(
        "start deadline is not positive: PT0S",
        refused(() -> new PoolConfig.Starts(1, Duration.ZERO, SECOND, SECOND, 1)));
  }
}
