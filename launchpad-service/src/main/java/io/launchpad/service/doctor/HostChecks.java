// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.AccountsConfig;
import io.launchpad.service.config.AccountsConfig.Uids;
import io.launchpad.service.config.DataSize;
import io.launchpad.service.config.SandboxConfig;
import io.launchpad.service.launcher.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the machine and the installation must offer.
final class HostChecks {
  private static final int JAVA_MIN = 25;

  /// Arrow and Netty do not work without these.
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED");

  private final Machine machine;

  HostChecks(Machine machine) {
    this.machine = machine;
  }

  Finding java() {
    if (machine.javaFeature() < JAVA_MIN) {
      return Finding.fail(
          "Java %d; %d or newer is needed".formatted(machine.javaFeature(), JAVA_MIN),
          "install it and set JAVA25_HOME");
    }
    var missing =
        JAVA_OPTIONS.stream().filter(option -> !machine.javaOptions().contains(option)).toList();
    return missing.isEmpty()
        ? Finding.ok("Java %d with its options".formatted(machine.javaFeature()))
        : Finding.fail(
            "the Java VM was started without " + String.join(" ", missing),
            "start the service with bin/launchpad");
  }

  Finding programs() {
    var folder = machine.home().resolve("bin");
    var missing =
        Stream.concat(
                Stream.of("launchpad-broker", "launchpad-init", "launchpad-exec")
                    .filter(name -> !Files.isExecutable(folder.resolve(name))),
                Stream.of("liblaunchpad_zygote.so", "liblaunchpad_machine.so")
                    .filter(name -> !Files.isReadable(folder.resolve(name))))
            .toList();
    return missing.isEmpty()
        ? Finding.ok("broker, init and zygote library in " + folder)
        : Finding.fail(
            "%s not in %s".formatted(String.join(", ", missing), folder), "reinstall Launchpad");
  }

  Finding sandbox(SandboxConfig config) {
    return switch (config.mode()) {
      case NONE ->
          Finding.warn(
              "SANDBOX IS OFF (sandbox = none): scripts can read, write and reach whatever their account can",
              "run scripts that you trust only");
      case FULL -> Finding.ok("scripts are confined (sandbox = full)");
    };
  }

  /// An ordinary user's are judged by the broker alone.
  Finding accounts(AccountsConfig config, SandboxConfig sandbox) {
    if (!machine.root()) {
      return sandbox.mode() == SandboxConfig.Mode.FULL
          ? Finding.ok("worker accounts: those that " + machine.subuid() + " gives to this user")
          : Finding.warn(
              "no worker accounts: an ordinary user's satellites run as that user",
              "start the service as root; it gives that up by itself");
    }
    try {
      var ranges = UidRange.read(machine.subuid());
      return machine
          .accounts(config, ranges)
          .map(own -> accounts(config, own, ranges))
          .orElseGet(() -> Finding.ok("worker accounts: %d free ones".formatted(config.count())));
    } catch (IOException e) {
      return Finding.fail(
          machine.subuid() + " cannot be read: " + e, "chmod o+r " + machine.subuid());
    }
  }

  private Finding accounts(AccountsConfig config, UidRange own, List<UidRange> ranges) {
    String text =
        "worker accounts %d to %d (zygotes, and %s to %s)"
            .formatted(
                own.first(), own.end() - 1, config.name(1), config.name(config.forSatellites()));
    long free = ranges.stream().mapToLong(UidRange::end).max().orElse(own.first());
    return ranges.stream()
        .filter(range -> !range.user().equals(machine.serviceUser()) && range.overlaps(own))
        .findFirst()
        .map(range ->
            Finding.fail(
                "%s are also %s's in %s".formatted(text, range.user(), machine.subuid()),
                "accounts.uid-first = " + Math.max(free, Uids.STANDARD)))
        .orElseGet(() -> Finding.ok(text));
  }

  /// Only the way to it: the folder itself is the broker's, and made when it starts.
  Finding workFolder(SandboxConfig config) {
    var problem = machine.root() ? Passage.problem(config.workFolder()) : Optional.<String>empty();
    return problem
        .map(text -> Finding.fail("sandbox.work-folder: " + text, ""))
        .orElseGet(() -> Finding.ok("sandbox.work-folder = " + config.workFolder()));
  }

  /// Scripts have no core files, but a program in this setting is started for each crash all the
  /// same.
  Finding corePattern() {
    try {
      String pattern = Files.readString(machine.corePattern()).strip();
      return pattern.startsWith("|")
          ? Finding.warn(
              "kernel.core_pattern = %s: the kernel starts that program as root, outside the sandbox, whenever a script crashes"
                  .formatted(pattern),
              "sysctl -w kernel.core_pattern=core, or see that the program takes nothing from a process without a core limit")
          : Finding.ok("kernel.core_pattern starts no program");
    } catch (IOException e) {
      return Finding.warn(machine.corePattern() + " cannot be read: " + e, "");
    }
  }

  Finding socketBuffers(DataSize window) {
    int granted = machine.socketBuffer().applyAsInt((int) window.bytes());
    return granted >= window.bytes()
        ? Finding.ok("socket buffers of " + window)
        : Finding.warn(
            "sockets get %d bytes instead of %s: data moves about a third slower"
                .formatted(granted, window),
            "sysctl -w net.core.wmem_max=%1$d net.core.rmem_max=%1$d".formatted(window.bytes()));
  }
}
