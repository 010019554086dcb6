// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import io.launchpad.service.config.ResourcePoolSettings.Limit;
import java.time.Duration;
import java.util.Optional;

/// When a zygote is replaced by a new one.
///
/// @param checkInterval how often each is looked at
/// @param growthMax by how much its memory may exceed what it was when it became ready
/// @param ageMax how long it may serve
/// @param forksMax how many satellites may come of it
public record ZygoteSettings(
    Duration checkInterval,
    Limit<DataSize> growthMax,
    Limit<Duration> ageMax,
    Limit<Long> forksMax) {

  static ZygoteSettings read(ConfigReader in) {
    return new ZygoteSettings(
        in.duration(
            "zygote.check-interval",
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofHours(1)),
        in.limit(
            "zygote.growth-max",
            Optional.of(DataSize.mib(64)),
            ConfigReader.sizes(DataSize.mib(1), DataSize.gib(1_024))),
        in.limit(
            "zygote.age-max",
            Optional.of(Duration.ofHours(24)),
            ConfigReader.durations(Duration.ofSeconds(1), Duration.ofDays(365))),
        in.limit(
            "zygote.forks-max", Optional.of(100_000L), ConfigReader.counts(1, 1_000_000_000_000L)));
  }
}
