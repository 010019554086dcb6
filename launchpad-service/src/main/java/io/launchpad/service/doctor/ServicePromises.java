// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.ServiceConfig;
import java.util.List;

/// The promises of THREAT_MODEL.md that the service keeps itself, whatever the machine can; the
/// others are the broker's.
public final class ServicePromises {
  private ServicePromises() {}

  /// Each with what keeps it.
  public static List<String> of(ServiceConfig config) {
    return List.of(
        "P12: a deadline for every session (limits.deadline = %s), and its end %s after that"
            .formatted(text(config, "limits.deadline"), text(config, "limits.grace")),
        "P14 P15: every frame of a satellite is bounded and checked before an engine sees it",
        "P16: no message of a satellite names a session or a user",
        "P17: at most %s sessions of one user at a time (pool.sessions-per-identity-max), and a queue that is fair between users"
            .formatted(text(config, "pool.sessions-per-identity-max")));
  }

  private static String text(ServiceConfig config, String key) {
    return config.effective().getOrDefault(key, "");
  }
}
