// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.sandbox.SandboxFacts.Controller;
import io.launchpad.service.config.ResourcePoolSettings;
import io.launchpad.service.config.ResourcePoolSettings.Limit;
import io.launchpad.service.config.ResourcePoolSettings.Shares;
import io.launchpad.service.config.SandboxConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Which of the configured limits a machine can keep. One that it cannot is refused; only where
/// nothing is confined, or the configuration says so, the usual ones are left out.
public final class PoolLimits {
  private final SandboxFacts.Limiting machine;
  private final SandboxConfig config;
  private final List<ResourcePoolSpec> specs = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  /// Whether a limit is refused that somebody has set: no other setting lets those go.
  private boolean explicitRefused;

  private PoolLimits(SandboxFacts.Limiting machine, SandboxConfig config) {
    this.machine = machine;
    this.config = config;
  }

  /// Judges the limits of all pools.
  public static PoolLimits of(
      SandboxFacts.Limiting machine, SandboxConfig config, List<ResourcePoolSettings> pools) {
    var limits = new PoolLimits(machine, config);
    pools.forEach(pool -> limits.specs.add(limits.spec(pool)));
    return limits;
  }

  /// The pools with the limits that can be kept, in their order.
  public List<ResourcePoolSpec> specs() {
    return specs;
  }

  /// Lines of the configuration that the machine cannot keep.
  public List<String> refused() {
    return refused;
  }

  /// Lines that hold by default and are not in force here.
  public List<String> leftOut() {
    return leftOut;
  }

  /// What is missing.
  public String why() {
    if (!machine.reason().isEmpty()) {
      return machine.reason();
    }
    return machine.controllers().contains(Controller.MEMORY) && !swapIsHarmless()
        ? "swap is in use and the kernel does not account it"
        : "controllers are missing";
  }

  /// What to do about it.
  public String mend() {
    if (machine.groups() != SandboxFacts.ControlGroups.NONE) {
      return "boot with cgroup_enable=memory swapaccount=1, or set them to unlimited";
    }
    String without =
        explicitRefused
            ? " or set them to unlimited"
            : " set them to unlimited, or sandbox.limits = available";
    return "start the broker in a control group of its own (systemd: Delegate=cpu memory pids) or as root,"
        + without;
  }

  private ResourcePoolSpec spec(ResourcePoolSettings settings) {
    var cpuList = settings.cpuList();
    if (!cpuList.isEmpty() && !canKeep(Controller.CPU_LIST)) {
      explicitRefused = true;
      refused.add("resource-pool.%s.cpu-list = %s".formatted(settings.name(), cpuList));
    }
    return new ResourcePoolSpec(
        settings.name(),
        limits(settings.all(), Duration.ZERO),
        limits(
            settings.session(),
            Duration.ofNanos(
                kept(settings.time().cpuTime(), Controller.CPU_ACCOUNT, Duration::toNanos))),
        cpuList,
        config.allowSwap());
  }

  private ResourceLimits limits(Shares shares, Duration cpuTime) {
    return new ResourceLimits(
        kept(shares.memory(), Controller.MEMORY, size -> size.bytes()),
        kept(shares.processes(), Controller.PROCESSES, count -> count),
        kept(shares.cpus(), Controller.CPU, share -> share.milli()),
        cpuTime);
  }

  /// The limit as a number; 0 when there is none, or it cannot be kept.
  private <T> long kept(Limit<T> limit, Controller needed, Function<T, Long> number) {
    if (limit.value().isEmpty()) {
      return 0;
    }
    T value = limit.value().get();
    if (canKeep(needed)) {
      return number.apply(value);
    }
    boolean mayGo =
        limit.usual()
            && (config.mode() == SandboxConfig.Mode.NONE
                || config.limits() == SandboxConfig.Limits.AVAILABLE);
    (mayGo ? leftOut : refused).add(limit.line());
    explicitRefused |= !limit.usual();
    return 0;
  }

  private boolean canKeep(Controller needed) {
    return machine.controllers().contains(needed)
        && (needed != Controller.MEMORY || swapIsHarmless());
  }

  private boolean swapIsHarmless() {
    return config.allowSwap()
        || machine.controllers().contains(Controller.SWAP)
        || machine.controllers().contains(Controller.NO_SWAP_IN_USE);
  }
}
