// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.ServiceConfig;
import io.launchpad.service.launcher.PoolLimits;
import java.util.Locale;
import java.util.stream.Collectors;

/// Which of the configured limits can be kept.
final class LimitChecks {
  private LimitChecks() {}

  static Finding check(BrokerFacts facts, ServiceConfig config) {
    var limiting = facts.limiting();
    var limits = PoolLimits.of(limiting, config.sandbox(), config.resourcePools());
    if (!limits.refused().isEmpty()) {
      return Finding.fail(
          "limits that cannot be kept here: %s (%s)"
              .formatted(String.join(", ", limits.refused()), limits.why()),
          limits.mend());
    }
    return limits.leftOut().isEmpty()
        ? Finding.ok(
            "limits on sessions (control groups %s: %s)"
                .formatted(
                    limiting.groups().name().toLowerCase(Locale.ROOT),
                    limiting.controllers().stream()
                        .sorted()
                        .map(controller -> controller.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" "))))
        : Finding.warn(
            "sessions are not limited: %s (%s)"
                .formatted(String.join(", ", limits.leftOut()), limits.why()),
            limits.mend());
  }
}
