// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Confinement holds for those who are not root too: a user with worker accounts and newuidmap.
@Timeout(120)
final class OrdinaryUserIT {
  private static OrdinaryUser user;

  @BeforeAll
  static void make() throws Exception {
    user = OrdinaryUser.make();
  }

  @AfterAll
  static void remove() throws Exception {
    user.remove();
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
        "endings",
        "leftovers"
      })
  void scenario_passesConfined(String scenario) throws Exception {
    try (BrokerProcess broker =
        BrokerProcess.start(user.setup("--sandbox", "full", "--accounts", "any:32"), scenario)) {
      String printed = broker.finish();
      assertTrue(printed.endsWith("PASSED " + scenario + "\nstatus 0"), printed);
    }
  }

  @Test
  void brokersOfOneUser_haveDifferentAccounts() throws Exception {
    var setup = user.setup("--sandbox", "full", "--accounts", "own:32");
    try (BrokerProcess first = BrokerProcess.start(setup, "hold")) {
      first.await("HOLDING");
      try (BrokerProcess second = BrokerProcess.start(setup, "place-confined")) {
        String printed = second.finish();
        assertTrue(printed.contains("in use: process " + first.broker().pid()), printed);
        assertTrue(printed.endsWith("status 78"), printed);
      }
      var free = user.setup("--sandbox", "full", "--accounts", "any:32");
      try (BrokerProcess third = BrokerProcess.start(free, "place-confined")) {
        String printed = third.finish();
        assertTrue(printed.endsWith("PASSED place-confined\nstatus 0"), printed);
      }
    }
  }

  @Test
  void accountsOfOthers_areRefused() throws Exception {
    try (BrokerProcess broker =
        BrokerProcess.start(
            user.setup("--sandbox", "full", "--accounts", "1000000000:32"), "place-confined")) {
      String printed = broker.finish();
      assertTrue(printed.contains("not the worker accounts 1000000000 to 1000000031"), printed);
      assertTrue(printed.endsWith("status 78"), printed);
    }
  }
}
