// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.service.config.SandboxConfig;
import io.launchpad.service.config.ServiceConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What the broker would find when it is started with the options that the service would give it.
///
/// @param limiting what of sessions it can limit
/// @param promises what it keeps, weakens and refuses
record BrokerFacts(SandboxFacts.Limiting limiting, List<Finding> promises) {
  private static final Duration TIME = Duration.ofSeconds(30);

  /// Version, controllers, and why not all of them; promises follow.
  private static final int LIMITING_LINES = 3;

  static BrokerFacts of(Machine machine, ServiceConfig config) throws IOException {
    Machine.Ran ran;
    try {
      ran = machine.commands().run(command(machine, config), Map.of(), TIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    var lines = List.of(ran.output().split("\n", -1));
    if (ran.status() != 0 || lines.size() < LIMITING_LINES) {
      throw new IOException(ran.output().strip());
    }
    return new BrokerFacts(
        limiting(lines),
        lines.stream()
            .skip(LIMITING_LINES)
            .filter(line -> !line.isBlank())
            .map(BrokerFacts::promise)
            .toList());
  }

  private static List<String> command(Machine machine, ServiceConfig config) {
    var command = new ArrayList<String>();
    command.add(machine.home().resolve("bin/launchpad-broker").toString());
    command.addAll(List.of("--sandbox", word(config.sandbox().mode())));
    command.addAll(List.of("--cgroup", word(config.sandbox().groups())));
    command.addAll(
        List.of("--accounts", config.accounts().uids() + ":" + config.accounts().count()));
    if (machine.root()) {
      command.addAll(List.of("--service-user", machine.serviceUser()));
    }
    command.add("--facts");
    return command;
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private static Finding promise(String line) {
    int space = line.indexOf(' ');
    String text = line.substring(space + 1);
    return switch (line.substring(0, Math.max(0, space))) {
      case "kept" -> Finding.ok(text);
      case "weak" -> Finding.warn(text, "");
      default -> Finding.fail(text, "");
    };
  }

  private static SandboxFacts.Limiting limiting(List<String> lines) throws IOException {
    try {
      return new SandboxFacts.Limiting(
          SandboxFacts.ControlGroups.valueOf(lines.get(0).toUpperCase(Locale.ROOT)),
          Arrays.stream(lines.get(1).strip().split(" ", -1))
              .filter(word -> !word.isEmpty())
              .map(word -> SandboxFacts.Controller.valueOf(word.toUpperCase(Locale.ROOT)))
              .collect(Collectors.toUnmodifiableSet()),
          lines.get(2));
    } catch (IllegalArgumentException e) {
      throw new IOException("the broker is of another version: " + e.getMessage(), e);
    }
  }

  /// Whether the broker would refuse to start.
  boolean refused() {
    return promises.stream().anyMatch(finding -> finding.level() == Finding.Level.FAIL);
  }

  /// Those of the broker, and, where it confines, of the service.
  List<Finding> promises(ServiceConfig config) {
    var all = new ArrayList<>(promises);
    if (config.sandbox().mode() == SandboxConfig.Mode.FULL && !refused()) {
      ServicePromises.of(config).forEach(text -> all.add(Finding.ok(text)));
    }
    return all;
  }
}
