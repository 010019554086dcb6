// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.linux.BrokerProcess.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for confined satellites, with the real broker.
@Timeout(120)
final class ConfinementIT {

  private static void play(Setup setup, String scenario) throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(setup, scenario)) {
      String printed = broker.finish();
      assertTrue(printed.endsWith("PASSED " + scenario + "\nstatus 0"), printed);
      assertEquals(List.of(), broker.workFolders());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "place-confined",
        "root-folder",
        "scratch",
        "calls",
        "machine",
        "sockets",
        "neighbours",
        "policies",
        "fifty",
        "endings",
        "leftovers",
        "output",
        "flood",
        "zygotes",
        "retire",
        "memory",
        "privileges",
        "violations",
        "executed-execution",
        "executed-execution-confined",
        "executed-root-folder",
        "executed-scratch",
        "executed-calls",
        "executed-machine",
        "executed-neighbours",
        "executed-endings",
        "executed-leftovers",
        "executed-output",
        "executed-flood"
      })
  void scenario_passesConfined(String scenario) throws Exception {
    play(Setup.FULL, scenario);
  }

  /// Those of THREAT_MODEL.md that hang on the broker, found with the same options as a start.
  @Test
  void facts_listWhatIsKeptAndWhatIsNot() throws Exception {
    String kept = facts("--cgroup", "auto");
    for (int promise : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 18}) {
      assertTrue(
          kept.lines().anyMatch(line -> line.matches("kept (P\\d+ )*P" + promise + "\\b.*")), kept);
    }
    String without = facts("--cgroup", "none");
    assertTrue(
        without.contains(
            "weak P11: no limits on memory, processes, CPU, CPU time by control groups"),
        without);
    String refused = facts("--accounts", "1:100");
    if (BrokerProcess.isRoot()) {
      assertTrue(
          refused.contains("refused the worker accounts 1 to 100 must be nobody else's"), refused);
    } else {
      assertTrue(refused.contains("refused "), refused);
    }
  }

  private static String facts(String... options) throws Exception {
    var command = new ArrayList<String>();
    command.add(BrokerProcess.programs().resolve("launchpad-broker").toString());
    command.addAll(List.of(options));
    command.add("--facts");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var output = process.inputReader()) {
      String text = output.lines().collect(Collectors.joining("\n"));
      assertEquals(0, process.waitFor(), text);
      return text;
    }
  }

  @Test
  void foldersThatAreExposed_areReadBesideOthers() throws Exception {
    play(Setup.CLOSED_FULL, "root-folder");
  }

  @Test
  void init_mayEndItsSessionAndNothingElse() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.FULL, "drain")) {
      broker.await("HOLDING");
      assertEquals(1, broker.inits().size());
      ProcessHandle init = broker.inits().getFirst();
      // It drops what it had beside the satellite, which may be parked first.
      Capabilities.await(init, "CapEff", Capabilities.KILL);
      for (String set : List.of("CapEff", "CapPrm", "CapInh", "CapAmb")) {
        assertEquals(Capabilities.KILL, Capabilities.of(init, set), set);
      }
      assertEquals(0, Capabilities.of(init, "CapBnd"));
      broker.broker().destroy();
      assertTrue(broker.finish().endsWith("status 143"));
    }
  }

  @Test
  void start_endsWhereThereAreNoAccounts() throws Exception {
    var setup = new Setup(Setup.ordinaryUser().prefix(), Setup.FULL.options(), false);
    try (BrokerProcess broker = BrokerProcess.start(setup, "place-confined")) {
      String printed = broker.finish();
      assertTrue(printed.contains("no range of worker accounts"), printed);
      assertTrue(printed.contains("launchpad host-setup --user"), printed);
      assertTrue(printed.endsWith("status 78"), printed);
    }
  }
}
