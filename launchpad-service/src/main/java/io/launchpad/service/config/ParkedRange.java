// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.util.ArrayList;
import java.util.List;

/// How many satellites of one runtime are kept parked for one resource pool. A satellite is parked
/// under the limits of its pool, so none serves two.
public record ParkedRange(String runtime, String resourcePool, int min, int max) {
  private static final int MAX = 1_000;

  /// The range of every runtime in every pool: of `default` as the runtime says, of another pool
  /// none unless the pool says so.
  static List<ParkedRange> readAll(
      ConfigReader in, List<RuntimeConfig> runtimes, List<ResourcePoolSettings> pools) {
    var ranges = new ArrayList<ParkedRange>();
    for (var runtime : runtimes) {
      for (var pool : pools) {
        ranges.add(
            pool.name().equals(ResourcePoolSettings.STANDARD)
                ? new ParkedRange(
                    runtime.name(), pool.name(), runtime.parkedMin(), runtime.parkedMax())
                : read(in, runtime.name(), pool.name()));
      }
    }
    return List.copyOf(ranges);
  }

  private static ParkedRange read(ConfigReader in, String runtime, String pool) {
    String prefix = "resource-pool." + pool + ".parked." + runtime + ".";
    int min = in.integer(prefix + "min", 0, 0, MAX);
    int max = in.integer(prefix + "max", min, 0, MAX);
    if (min > max) {
      in.problem(prefix + "min", prefix + "min is larger than " + prefix + "max");
    }
    return new ParkedRange(runtime, pool, min, max);
  }
}
