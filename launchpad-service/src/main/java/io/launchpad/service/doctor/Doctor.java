// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.doctor;

import io.launchpad.service.config.ConfigException;
import io.launchpad.service.config.ServiceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All checks, one after the other, and their findings as lines.
public final class Doctor {
  private static final int STATUS_FAILED = 1;

  private final Machine machine;

  Doctor(Machine machine) {
    this.machine = machine;
  }

  /// Examines this machine for a service with the configuration `file`.
  ///
  /// @return the exit status: 0 when the service would work
  public static int run(Path file, Map<String, String> environment, PrintStream out) {
    var doctor = new Doctor(Machine.real(environment));
    List<Finding> findings;
    try {
      findings = doctor.examine(ServiceConfig.load(file, environment));
    } catch (ConfigException e) {
      findings = doctor.withoutConfiguration(e);
    }
    findings.forEach(finding -> out.println(finding.print()));
    out.flush();
    return findings.stream().anyMatch(f -> f.level() == Finding.Level.FAIL) ? STATUS_FAILED : 0;
  }

  List<Finding> examine(ServiceConfig config) {
    var findings = new ArrayList<Finding>();
    findings.add(Finding.ok("configuration, with the modes of its secrets' files"));
    var host = new HostChecks(machine);
    findings.add(host.java());
    findings.add(host.programs());
    findings.add(host.sandbox(config.sandbox()));
    findings.add(host.accounts(config.accounts(), config.sandbox()));
    addBrokers(findings, config);
    findings.add(host.workFolder(config.sandbox()));
    findings.add(host.corePattern());
    findings.add(host.socketBuffers(config.limits().streamWindow()));
    findings.addAll(new ListenerChecks().check(config));
    findings.addAll(new RuntimeChecks(machine, config).check());
    return findings;
  }

  private void addBrokers(List<Finding> findings, ServiceConfig config) {
    try {
      var facts = BrokerFacts.of(machine, config);
      findings.add(LimitChecks.check(facts, config));
      findings.addAll(facts.promises(config));
    } catch (IOException e) {
      findings.add(
          Finding.fail(
              "the broker cannot say what it can keep: " + e.getMessage(), "reinstall Launchpad"));
    }
  }

  List<Finding> withoutConfiguration(ConfigException cause) {
    var findings = new ArrayList<Finding>();
    cause.problems().forEach(p -> findings.add(Finding.fail(p.toString(), "")));
    var host = new HostChecks(machine);
    findings.add(host.java());
    findings.add(host.programs());
    return findings;
  }
}
