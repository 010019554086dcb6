// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.linux.BrokerProcess.Setup;
import java.util.List;
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
