// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Drives the pool through thousands of made-up worlds. See [PoolSimulation].
class PoolSimulationTest {
  /// `-Dpool.seed=N` runs that seed alone.
  private static final String SEED = "pool.seed";

  @Test
  @Timeout(120)
  void everyInvariant_holdsAtEachStep() {
    Long only = Long.getLong(SEED);
    if (only != null) {
      run(only);
      return;
    }
    for (long seed = 0; seed < 1_200; seed++) {
      run(seed);
    }
  }

  @Test
  @Tag("nightly")
  @Timeout(3600)
  void everyInvariant_holdsAtEachStepOfManyMore() {
    for (long seed = 1_000_000; seed < 1_100_000; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) {
    try {
      new PoolSimulation(seed).run();
    } catch (AssertionError e) {
      throw new AssertionError(
          """
          seed %d fails; replay it alone with
            ./mvnw test -pl worker-pool -Dtest=PoolSimulationTest -D%s=%d
          %s\
          """
              .formatted(seed, SEED, seed, e.getMessage()),
          e.getCause());
    }
  }
}
