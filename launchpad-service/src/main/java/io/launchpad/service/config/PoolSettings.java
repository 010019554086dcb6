// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.time.Duration;

/// How many sessions may run or wait, and how the pool of parked satellites is kept.
///
/// @param memoryMin the machine's available memory below which parked satellites are ended; 0:
///   never
public record PoolSettings(
    int sessionsMax,
    int sessionsPerIdentityMax,
    int queueMax,
    int queuePerIdentityMax,
    Duration queueWait,
    int parkedMax,
    int startingMax,
    Duration startTimeout,
    Duration idleTimeout,
    DataSize memoryMin) {

  static PoolSettings read(ConfigReader in) {
    return new PoolSettings(
        in.integer("pool.sessions-max", 32, 1, 10_000),
        in.integer("pool.sessions-per-identity-max", 16, 1, 10_000),
        in.integer("pool.queue-max", 1_000, 1, 1_000_000),
        in.integer("pool.queue-per-identity-max", 250, 1, 1_000_000),
        in.duration(
            "pool.queue-wait", Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofHours(24)),
        in.integer("pool.parked-max", 16, 0, 10_000),
        in.integer("pool.starting-max", 4, 1, 1_000),
        in.duration(
            "pool.start-timeout",
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofMinutes(10)),
        in.duration(
            "pool.idle-timeout", Duration.ofMinutes(30), Duration.ofSeconds(1), Duration.ofDays(7)),
        in.size("pool.memory-min", DataSize.mib(256), new DataSize(0), DataSize.gib(1024)));
  }
}
