// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.linux.BrokerProcess.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Everything the sandbox promises while nobody is killed, with the real broker in both lifetimes.
@Timeout(120)
final class BrokerIT {

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
        "fifty",
        "place",
        "refusals",
        "endings",
        "leftovers",
        "folder",
        "output",
        "flood",
        "zygotes",
        "retire",
        "writer",
        "memory",
        "privileges",
        "violations",
        "executed-execution",
        "executed-output"
      })
  void scenario_passesWithNamespaces(String scenario) throws Exception {
    play(Setup.DEFAULT, scenario);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fifty",
        "place",
        "endings",
        "leftovers",
        "folder",
        "output",
        "zygotes",
        "retire",
        "writer",
        "privileges",
        "executed-execution",
        "executed-leftovers"
      })
  void scenario_passesAsProcessTree(String scenario) throws Exception {
    play(Setup.TREE, scenario);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fifty",
        "place",
        "endings",
        "leftovers",
        "folder",
        "output",
        "privileges",
        "executed-execution"
      })
  void scenario_passesAsOrdinaryUser(String scenario) throws Exception {
    play(Setup.ordinaryUser(), scenario);
  }

  @Test
  void limits_holdWithNamespaces() throws Exception {
    play(Setup.CGROUP_V1, "limits");
  }

  @Test
  void limits_holdAsProcessTree() throws Exception {
    play(Setup.TREE, "limits");
  }

  @Test
  void limits_areRefusedWhereTheyCannotHold() throws Exception {
    play(Setup.CGROUP_NONE, "no-limits");
    // A hybrid machine's version 2 has no controllers; a machine with version 2 alone has them.
    if (Files.isDirectory(Path.of("/sys/fs/cgroup/unified"))) {
      play(Setup.CGROUP_V2, "no-limits");
    }
  }

  @Test
  void groupsOfVersion2_areMadeForEachSession() throws Exception {
    play(Setup.CGROUP_V2, "groups");
  }

  @Test
  void exposedFolders_areReadWhereOthersAreClosed() throws Exception {
    play(Setup.CLOSED, "place");
  }

  @Test
  void workFolderThatAccountsCannotReach_isSaidAtTheStart() throws Exception {
    var closed = new Setup(List.of(), List.of(), true);
    if (!BrokerProcess.isRoot()) {
      play(closed, "place"); // satellites are its owner
      return;
    }
    try (BrokerProcess broker = BrokerProcess.start(closed, "place")) {
      String printed = broker.finish();
      assertTrue(printed.contains("worker accounts may not pass " + broker.folder()), printed);
      assertTrue(printed.endsWith("status 78"), printed);
      assertEquals(List.of(), broker.workFolders());
    }
  }

  @Test
  void accountsOfAnotherBroker_areRefusedAtTheStart() throws Exception {
    var setup = new Setup(List.of(), List.of("--accounts", "1799999000:16"), false);
    try (BrokerProcess first = BrokerProcess.start(setup, "hold")) {
      first.await("HOLDING");
      var overlapping = new Setup(List.of(), List.of("--accounts", "1799999015:16"), false);
      if (!BrokerProcess.isRoot()) {
        play(overlapping, "place"); // satellites are their user
        return;
      }
      try (BrokerProcess second = BrokerProcess.start(overlapping, "place")) {
        String printed = second.finish();
        assertTrue(
            printed.contains(
                "the worker accounts 1799999015 to 1799999030 are in use: process %d (hold) has 1799999000 to 1799999015. End it, or choose others"
                    .formatted(first.broker().pid())),
            printed);
        assertTrue(printed.endsWith("status 78"), printed);
      }
      BrokerProcess.kill(first.broker());
      BrokerProcess.awaitEnd(List.of(first.broker()));
      play(setup, "place");
    }
  }

  @Test
  void brokersWithoutAccounts_takeFreeOnes() throws Exception {
    try (BrokerProcess first = BrokerProcess.start(Setup.DEFAULT, "hold")) {
      first.await("HOLDING");
      play(Setup.DEFAULT, "leftovers");
      first.tell("held");
      for (int i = 0; i < 3; i++) {
        assertTrue(first.await("ALIVE").endsWith("answers"));
      }
      first.await("PASSED hold");
      assertTrue(first.finish().endsWith("status 0"));
    }
  }

  @Test
  void thousandParks_leaveNoDescriptorOpen() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.DEFAULT, "thousand")) {
      broker.await("COUNT");
      int brokerBefore = broker.openDescriptors(broker.broker());
      int serviceBefore = broker.openDescriptors(broker.service());
      int zygoteBefore = broker.openDescriptors(broker.zygote());
      broker.tell("counted");
      broker.await("COUNT");
      assertEquals(brokerBefore, broker.openDescriptors(broker.broker()));
      assertEquals(serviceBefore, broker.openDescriptors(broker.service()));
      assertEquals(zygoteBefore, broker.openDescriptors(broker.zygote()));
      broker.tell("counted");
      assertEquals("PASSED thousand\nstatus 0", broker.finish());
    }
  }

  /// A figure for docs/performance.md.
  @Test
  @Tag("nightly")
  void park_saysWhatItCosts() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.DEFAULT, "cost")) {
      System.out.println(broker.await("MEDIANS"));
      assertTrue(broker.finish().endsWith("status 0"));
    }
  }

  @Test
  void sigterm_letsTheServiceDrain() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.DEFAULT, "drain")) {
      broker.await("HOLDING");
      broker.broker().destroy();
      assertEquals("DRAINED still there\nstatus 143", broker.finish());
      assertEquals(List.of(), broker.workFolders());
    }
  }

  @Test
  void logThatNobodyReads_endsNothing() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.UNREAD_LOG, "place")) {
      String printed = broker.finish();
      assertTrue(printed.endsWith("PASSED place\nstatus 0"), printed);
      // It had something to say: a folder was left there for it.
      assertEquals(List.of(), broker.workFolders());
    }
  }

  @Test
  void broker_keepsNoOtherCapabilityThanTheUnitLists() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.DEFAULT, "drain")) {
      broker.await("HOLDING");
      assertEquals(
          BrokerProcess.isRoot() ? Capabilities.listedInTheUnit() & Capabilities.own() : 0,
          Capabilities.of(broker.broker(), "CapPrm"));
      assertEquals(
          Capabilities.of(broker.broker(), "CapPrm"), Capabilities.of(broker.broker(), "CapEff"));
      assertEquals(0, Capabilities.of(broker.broker(), "CapInh"));
      assertEquals(0, Capabilities.of(broker.broker(), "CapAmb"));
      if (BrokerProcess.isRoot()) {
        assertEquals(
            Capabilities.of(broker.broker(), "CapPrm"), Capabilities.of(broker.broker(), "CapBnd"));
      }
      assertEquals(0, Capabilities.of(broker.service(), "CapPrm"));
      broker.broker().destroy();
      assertTrue(broker.finish().endsWith("status 143"));
    }
  }

  @Test
  void brokerOfAnOrdinaryUser_hasNoCapability() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.ordinaryUser(), "drain")) {
      broker.await("HOLDING");
      assertEquals(0, Capabilities.of(broker.broker(), "CapPrm"));
      broker.broker().destroy();
      assertTrue(broker.finish().endsWith("status 143"));
    }
  }

  /// As one with a mistake in its configuration: what it says of that is all that is said.
  @Test
  void serviceThatEndsBeforeItReads_isBlamedForNothing() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.DEFAULT, "unheard-of")) {
      String printed = broker.finish();
      assertTrue(printed.contains("no scenario unheard-of"), printed);
      assertFalse(printed.contains("ending everything"), printed);
    }
  }

  @Test
  void malformedMessage_endsTheService() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(Setup.DEFAULT, "malformed")) {
      var all = broker.everything();
      assertTrue(
          broker
              .await("launchpad-broker: ending everything")
              .contains("a message of the service is malformed"));
      assertTrue(broker.finish().endsWith("status 137"));
      BrokerProcess.awaitEnd(all);
    }
  }
}
