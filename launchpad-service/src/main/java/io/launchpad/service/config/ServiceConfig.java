// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The whole configuration of one service, with the text of every value in effect.
public record ServiceConfig(
    String id,
    Duration drainTime,
    ListenerConfig listener,
    List<EngineConfig> engines,
    PoolSettings pool,
    AccountsConfig accounts,
    List<RuntimeConfig> runtimes,
    ZygoteSettings zygotes,
    LauncherConfig launcher,
    List<ResourcePoolSettings> resourcePools,
    List<ParkedRange> parked,
    LimitsConfig limits,
    SandboxConfig sandbox,
    MonitoringConfig monitoring,
    LoggingConfig logging,
    Map<String, String> effective) {

  public ServiceConfig {
    engines = List.copyOf(engines);
    runtimes = List.copyOf(runtimes);
    resourcePools = List.copyOf(resourcePools);
    parked = List.copyOf(parked);
  }

  /// Reads and checks `file`; throws a [ConfigException] that names everything that is wrong with
  /// it.
  public static ServiceConfig load(Path file, Map<String, String> environment) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ConfigException(
          List.of(new ConfigProblem(file.toString(), 0, "cannot be read: " + e)));
    }
    return parse(file.toString(), lines, environment);
  }

  static ServiceConfig parse(String file, List<String> lines, Map<String, String> environment) {
    var in = new ConfigReader(ConfigText.parse(file, lines), environment);
    var sandbox = SandboxConfig.read(in);
    var runtimes = RuntimeConfig.readAll(in, sandbox.scratch());
    var resourcePools = ResourcePoolSettings.readAll(in);
    var config =
        new ServiceConfig(
            in.string("service.id", "launchpad"),
            in.duration(
                "service.drain-time", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(24)),
            ListenerConfig.read(in),
            EngineConfig.readAll(in, new SecretReader()),
            PoolSettings.read(in),
            AccountsConfig.read(in),
            runtimes,
            ZygoteSettings.read(in),
            LauncherConfig.read(in),
            resourcePools,
            ParkedRange.readAll(in, runtimes, resourcePools),
            LimitsConfig.read(in),
            sandbox,
            MonitoringConfig.read(in),
            LoggingConfig.read(in),
            in.effective());
    config.reportContradictions(in);
    in.finish();
    return config;
  }

  private void reportContradictions(ConfigReader in) {
    if (limits.valueBytes().compareTo(limits.frameBytes()) > 0) {
      in.problem("limits.value-bytes", "limits.value-bytes is larger than limits.frame-bytes");
    }
    reportTooMany(in, "pool.sessions-max", pool.sessionsMax());
    reportTooMany(in, "pool.parked-max", pool.parkedMax());
    int parkedMin = parked.stream().mapToInt(ParkedRange::min).sum();
    if (parkedMin > pool.parkedMax()) {
      in.problem(
          "pool.parked-max",
          "pool.parked-max is smaller than all minima of parked satellites together: " + parkedMin);
    }
    for (var engine : engines) {
      engine.peerUids().stream()
          .filter(accounts::contains)
          .forEach(uid ->
              in.problem(
                  "engine." + engine.id() + ".peer-uids",
                  "uid " + uid + " belongs to the worker accounts and is never an engine"));
    }
  }

  private void reportTooMany(ConfigReader in, String key, int satellites) {
    if (satellites > accounts.forSatellites()) {
      in.problem(
          key,
          "%s = %d needs as many worker accounts and one for zygotes: set accounts.count to %d or more"
              .formatted(key, satellites, satellites + 1));
    }
  }

  /// The values in effect as a file that would give the same configuration; what is not set is a
  /// comment.
  public String print() {
    var text = new StringBuilder();
    effective.forEach((key, value) ->
        text.append(value.isEmpty() ? "# " + key + " is not set" : key + " = " + value)
            .append('\n'));
    return text.toString();
  }
}
