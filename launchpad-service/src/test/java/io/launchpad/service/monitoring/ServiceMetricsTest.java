// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.service.config.SandboxConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServiceMetricsTest {
  @Test
  void refusals_areCountedByCause() {
    try (var metrics = new ServiceMetrics(SandboxConfig.Mode.NONE)) {
      metrics.watch(() -> 3, reason -> reason == ErrorCode.VERSION_UNSUPPORTED ? 2 : 0);
      String page = metrics.scrape();
      assertLine(page, "launchpad_authentication_failures_total 3.0");
      assertLine(page, "launchpad_connections_refused_total{cause=\"version_unsupported\"} 2.0");
    }
  }

  @Test
  void zygotes_areShownByRuntime() {
    try (var metrics = new ServiceMetrics(SandboxConfig.Mode.NONE)) {
      metrics.watchZygote(
          "ml", () -> new ZygoteObserver.Figures(true, Duration.ofMinutes(2), 4_096, 7, 1));
      metrics.retired("ml", ZygoteObserver.Cause.PACKAGES);
      metrics.notStarted("ml");
      String page = metrics.scrape();
      assertLine(page, "launchpad_zygote_age_seconds{runtime=\"ml\"} 120.0");
      assertLine(page, "launchpad_zygote_memory_bytes{runtime=\"ml\"} 4096.0");
      assertLine(page, "launchpad_zygote_forks{runtime=\"ml\"} 7.0");
      assertLine(page, "launchpad_zygote_retired{runtime=\"ml\"} 1.0");
      assertLine(page, "launchpad_zygote_retirements_total{cause=\"packages\",runtime=\"ml\"} 1.0");
      assertLine(page, "launchpad_zygote_start_failures_total{runtime=\"ml\"} 1.0");
    }
  }

  private static void assertLine(String page, String line) {
    assertTrue(page.lines().anyMatch(line::equals), page);
  }
}
