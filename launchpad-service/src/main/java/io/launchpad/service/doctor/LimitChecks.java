// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.service.config.SandboxConfig;
import io.launchpad.service.config.ServiceConfig;
import io.launchpad.service.launcher.PoolLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Which of the configured limits can be kept. The broker looks what the machine can limit.
final class LimitChecks {
  private static final Duration FACTS_TIME = Duration.ofSeconds(30);

  /// Version, controllers, and why not all of them.
  private static final int FACTS = 3;

  private final Machine machine;

  LimitChecks(Machine machine) {
    this.machine = machine;
  }

  Finding check(ServiceConfig config) {
    var ran = facts(config.sandbox());
    var lines = List.of(ran.output().split("\n", -1));
    if (ran.status() != 0 || lines.size() < FACTS) {
      return Finding.fail(
          "the broker cannot say what it can limit: " + ran.output().strip(),
          "reinstall Launchpad");
    }
    var limits = PoolLimits.of(limiting(lines), config.sandbox(), config.resourcePools());
    if (!limits.refused().isEmpty()) {
      return Finding.fail(
          "limits that cannot be kept here: %s (%s)"
              .formatted(String.join(", ", limits.refused()), limits.why()),
          limits.mend());
    }
    return limits.leftOut().isEmpty()
        ? Finding.ok(
            "limits on sessions (control groups %s: %s)"
                .formatted(lines.get(0), lines.get(1).strip()))
        : Finding.warn(
            "sessions are not limited: %s (%s)"
                .formatted(String.join(", ", limits.leftOut()), limits.why()),
            limits.mend());
  }

  private static SandboxFacts.Limiting limiting(List<String> lines) {
    return new SandboxFacts.Limiting(
        SandboxFacts.ControlGroups.valueOf(lines.get(0).toUpperCase(Locale.ROOT)),
        Arrays.stream(lines.get(1).strip().split(" ", -1))
            .filter(word -> !word.isEmpty())
            .map(word -> SandboxFacts.Controller.valueOf(word.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toUnmodifiableSet()),
        lines.get(2));
  }

  private Machine.Ran facts(SandboxConfig config) {
    var command =
        List.of(
            machine.home().resolve("bin/launchpad-broker").toString(),
            "--cgroup",
            config.groups().name().toLowerCase(Locale.ROOT),
            "--facts");
    try {
      return machine.commands().run(command, Map.of(), FACTS_TIME);
    } catch (IOException e) {
      return new Machine.Ran(1, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Machine.Ran(1, "interrupted");
    }
  }
}
