// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ZygoteSpec;
import java.util.Map;

/// The service of the broker in tests: plays one scenario and prints `PASSED`, or what went wrong.
final class ScenarioMain {

  /// Fails by throwing.
  interface Scenario {
    void play(ScenarioContext context) throws Exception;
  }

  private static final Map<String, Scenario> SCENARIOS =
      Map.ofEntries(
          Map.entry("fifty", ParkingScenarios::fifty),
          Map.entry("thousand", ParkingScenarios::thousand),
          Map.entry("place", ParkingScenarios::place),
          Map.entry("refusals", ParkingScenarios::refusals),
          Map.entry("cost", ParkingScenarios::cost),
          Map.entry("endings", EndingScenarios::endings),
          Map.entry("leftovers", EndingScenarios::leftovers),
          Map.entry("folder", EndingScenarios::folder),
          Map.entry("output", OutputScenarios::output),
          Map.entry("flood", OutputScenarios::flood),
          Map.entry("zygotes", ZygoteScenarios::failures),
          Map.entry("retire", ZygoteScenarios::retire),
          Map.entry("writer", ZygoteScenarios::writer),
          Map.entry("violations", ZygoteScenarios::violations),
          Map.entry("memory", ZygoteScenarios::memory),
          Map.entry("privileges", ZygoteScenarios::privileges),
          Map.entry("execution", ExecutionScenarios::execution),
          Map.entry("execution-confined", ExecutionScenarios::confined),
          Map.entry("limits", LimitScenarios::limits),
          Map.entry("no-limits", LimitScenarios::refused),
          Map.entry("groups", LimitScenarios::groups),
          Map.entry("place-confined", ConfinementScenarios::place),
          Map.entry("root-folder", ConfinementScenarios::rootFolder),
          Map.entry("scratch", ConfinementScenarios::scratch),
          Map.entry("calls", ConfinementScenarios::calls),
          Map.entry("machine", ConfinementScenarios::machine),
          Map.entry("sockets", ConfinementScenarios::sockets),
          Map.entry("neighbours", ConfinementScenarios::neighbours),
          Map.entry("policies", ConfinementScenarios::policies),
          Map.entry("hold", HoldScenario::hold),
          Map.entry("drain", HoldScenario::drain),
          Map.entry("malformed", HoldScenario::malformed));

  /// Before a scenario's name: its satellites are executed, not forked.
  private static final String EXECUTED = "executed-";

  private ScenarioMain() {}

  public static void main(String[] arguments) throws Exception {
    boolean executed = arguments[0].startsWith(EXECUTED);
    Scenario scenario =
        SCENARIOS.get(executed ? arguments[0].substring(EXECUTED.length()) : arguments[0]);
    if (scenario == null) {
      throw new IllegalArgumentException("no scenario " + arguments[0]);
    }
    try (BrokerClient client = BrokerClient.connect(System.getenv())) {
      scenario.play(
          new ScenarioContext(
              client, executed ? ZygoteSpec.Satellites.EXECUTED : ZygoteSpec.Satellites.FORKED));
      System.out.println("PASSED " + arguments[0]);
    }
  }
}
