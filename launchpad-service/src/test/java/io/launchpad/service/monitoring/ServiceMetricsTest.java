// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.service.config.SandboxConfig;
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

  private static void assertLine(String page, String line) {
    assertTrue(page.lines().anyMatch(line::equals), page);
  }
}
