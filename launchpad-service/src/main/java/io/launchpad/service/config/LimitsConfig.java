// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.time.Duration;

/// What one session may use at most, whatever its request asks for.
public record LimitsConfig(
    Duration deadline,
    Duration grace,
    DataSize outputBytes,
    long outputRows,
    DataSize printBytes,
    DataSize valueBytes,
    DataSize frameBytes,
    DataSize streamWindow,
    DataSize transitMemory,
    Duration exitReportWait) {

  static LimitsConfig read(ConfigReader in) {
    return new LimitsConfig(
        in.duration(
            "limits.deadline", Duration.ofHours(1), Duration.ofMillis(1), Duration.ofDays(365)),
        in.duration("limits.grace", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(10)),
        in.size("limits.output-bytes", DataSize.gib(1024), DataSize.kib(1), DataSize.gib(1L << 30)),
        in.count("limits.output-rows", 1_000_000_000_000L),
        in.size("limits.print-bytes", DataSize.mib(16), DataSize.kib(1), DataSize.gib(16)),
        in.size(
            "limits.value-bytes",
            DataSize.mib(256),
            DataSize.kib(1),
            new DataSize(Integer.MAX_VALUE)),
        in.size(
            "limits.frame-bytes", DataSize.mib(320), DataSize.mib(1), new DataSize(2_147_483_584L)),
        in.size("limits.stream-window", DataSize.mib(4), DataSize.mib(1), DataSize.mib(64)),
        in.size("limits.transit-memory", DataSize.mib(640), DataSize.mib(1), DataSize.gib(1024)),
        in.duration(
            "limits.exit-report-wait",
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMinutes(1)));
  }
}
