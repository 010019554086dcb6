// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.SandboxConfig;
import io.launchpad.service.config.ServiceConfig;
import io.launchpad.service.launcher.Launcher;
import io.launchpad.service.launcher.Launchers;
import io.launchpad.service.launcher.Surroundings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Whether each runtime's interpreter runs and finds what it is to import, as the user that zygotes
/// are.
final class RuntimeChecks {
  /// Stands for accounts that the broker picks.
  private static final long NOBODYS_UID = 1_900_000_000;

  private final Machine machine;
  private final ServiceConfig config;
  private final List<Launcher> launchers;

  RuntimeChecks(Machine machine, ServiceConfig config) {
    this.machine = machine;
    this.config = config;
    launchers =
        Launchers.all(
            config.launcher(),
            new Surroundings(machine.root(), config.sandbox().mode() == SandboxConfig.Mode.FULL),
            config.pool().startTimeout());
  }

  List<Finding> check() {
    return config.runtimes().stream().map(this::check).toList();
  }

  private Finding check(RuntimeConfig runtime) {
    var problems = Launchers.verify(launchers, List.of(runtime));
    if (!problems.isEmpty()) {
      return Finding.fail(String.join("; ", problems), "");
    }
    Launcher launcher = Launchers.of(launchers, runtime.language());
    try {
      var spec = launcher.zygote(runtime);
      var command = command(launcher.trial(runtime));
      var ran = machine.commands().run(command, spec.environment(), spec.startTimeout());
      return finding(launcher, runtime, ran);
    } catch (IOException e) {
      return Finding.fail("runtime %s: %s".formatted(runtime.name(), e.getMessage()), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.fail("runtime %s: interrupted".formatted(runtime.name()), "");
    }
  }

  private List<String> command(List<String> trial) throws IOException {
    var command = new ArrayList<String>();
    if (machine.root()) {
      long zygote =
          machine
              .accounts(config.accounts(), UidRange.read(machine.subuid()))
              .map(UidRange::first)
              .orElse(NOBODYS_UID);
      command.addAll(
          List.of("/usr/bin/setpriv", "--reuid=" + zygote, "--regid=" + zygote, "--clear-groups"));
    }
    command.addAll(trial);
    return command;
  }

  private static Finding finding(Launcher launcher, RuntimeConfig runtime, Machine.Ran ran) {
    var lines = ran.output().strip().lines().toList();
    if (ran.status() == 0) {
      return Finding.ok(
          "runtime %s: %s %s %s"
              .formatted(
                  runtime.name(),
                  launcher.title(),
                  lines.isEmpty() ? "" : lines.getFirst(),
                  runtime.imports().isEmpty()
                      ? "starts"
                      : "imports " + String.join(", ", runtime.imports())));
    }
    if (ran.status() == Machine.TOO_LONG) {
      return Finding.fail(
          "runtime %s: its imports take longer than pool.start-timeout".formatted(runtime.name()),
          "raise pool.start-timeout, or import less");
    }
    return Finding.fail(
        "runtime %s: %s"
            .formatted(
                runtime.name(), lines.isEmpty() ? "exit status " + ran.status() : lines.getLast()),
        launcher.mend(runtime));
  }
}
