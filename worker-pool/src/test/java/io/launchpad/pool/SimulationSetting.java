// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import io.launchpad.pool.HostileFactory.Malice;
import io.launchpad.pool.PoolConfig.Range.Next;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What a simulation begins with, drawn from its seed.
///
/// @param orderly calls out of the pool are made at once and in order
record SimulationSetting(
    boolean orderly,
    boolean oneKey,
    List<WorkerKey> keys,
    PoolConfig config,
    Malice malice,
    int accounts) {

  static SimulationSetting draw(RandomGenerator random) {
    var draw = new Draw(random);
    boolean orderly = random.nextInt(3) == 0;
    boolean oneKey = orderly && random.nextBoolean();
    List<WorkerKey> keys = Draw.keys(oneKey);
    PoolConfig config = draw.config(keys, oneKey);
    Malice malice = oneKey ? Malice.NONE : draw.malice();
    int accounts = config.admission().slotsMax() + random.nextInt(4);
    return new SimulationSetting(orderly, oneKey, keys, config, malice, accounts);
  }

  /// Whether requests are served strictly in the order of their turns.
  boolean isStrictlyFair() {
    return orderly && malice.sparesTheParked();
  }

  List<WorkerAccount> makeAccounts() {
    List<WorkerAccount> made = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      made.add(new WorkerAccount("launchpad%02d".formatted(i), 7000 + i, 7000 + i));
    }
    return made;
  }

  @Override
  public String toString() {
    return "orderly=%s accounts=%d %s %s".formatted(orderly, accounts, config, malice);
  }

  private record Draw(RandomGenerator random) {
    private static List<WorkerKey> keys(boolean oneKey) {
      if (oneKey) {
        return List.of(new WorkerKey("python", "default"));
      }
      return List.of(
          new WorkerKey("python", "default"),
          new WorkerKey("python", "small"),
          new WorkerKey("r", "default"));
    }

    private PoolConfig config(List<WorkerKey> keys, boolean oneKey) {
      int slots = 1 + random.nextInt(8);
      int sessions = 1 + random.nextInt(slots);
      int parkedMax = random.nextInt(slots + 1);
      Map<WorkerKey, PoolConfig.Range> ranges = new LinkedHashMap<>();
      int left = parkedMax;
      for (var key : keys) {
        if (random.nextInt(3) > 0) {
          int min = random.nextInt(left + 1);
          left -= min;
          ranges.put(
              key,
              new PoolConfig.Range(
                  min, min + random.nextInt(3), random.nextBoolean() ? Next.NEWEST : Next.OLDEST));
        }
      }
      return new PoolConfig(
          new PoolConfig.Admission(
              slots,
              sessions,
              oneKey ? sessions : 1 + random.nextInt(sessions),
              random.nextBoolean() ? Map.of("small", 1 + random.nextInt(2)) : Map.of(),
              1 + random.nextInt(12),
              1 + random.nextInt(6),
              millisFrom(150, 400)),
          new PoolConfig.Parking(
              ranges, parkedMax, millis(4), 1 + random.nextInt(4), millisFrom(1, 200), millis(60)),
          new PoolConfig.Starts(
              1 + random.nextInt(4),
              millisFrom(10, 40),
              millisFrom(1, 10),
              millisFrom(12, 80),
              1 + random.nextInt(5)),
          millisFrom(20, 100),
          random.nextBoolean() ? Duration.ZERO : millisFrom(50, 300));
    }

    private Malice malice() {
      if (random.nextInt(5) == 0) {
        return Malice.NONE;
      }
      return new Malice(
          percent(40),
          percent(20),
          percent(10),
          percent(20),
          percent(30),
          percent(20),
          percent(20),
          percent(20),
          percent(10),
          percent(20),
          percent(30),
          percent(10),
          percent(20),
          percent(20));
    }

    private int percent(int most) {
      return random.nextBoolean() ? 0 : random.nextInt(most);
    }

    private Duration millis(int bound) {
      return millisFrom(0, bound);
    }

    private Duration millisFrom(int least, int range) {
      return Duration.ofMillis(least + random.nextInt(range));
    }
  }
}
