// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.linux.BrokerProcess.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// SIGKILL to each kind of process, with daemons about that ignore every other signal: nothing is
/// left that should not be, and the others go on.
@Timeout(120)
final class SurvivorIT {

  static Stream<Setup> setups() {
    return Stream.of(Setup.DEFAULT, Setup.TREE, Setup.ordinaryUser());
  }

  @ParameterizedTest
  @MethodSource("setups")
  void satelliteKilled_endsItsSessionAlone(Setup setup) throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(setup, "hold")) {
      broker.await("HOLDING");
      ProcessHandle init = broker.inits().getFirst();
      Set<ProcessHandle> session = family(init);
      assertEquals(3, session.size());
      BrokerProcess.kill(init.children().findFirst().orElseThrow());
      assertTrue(broker.await("EXITED").endsWith("ended by SIGKILL ITSELF"));
      BrokerProcess.awaitEnd(session);
      assertOthersAnswer(broker, 2);
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void initKilled_endsItsSessionAlone(Setup setup) throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(setup, "hold")) {
      broker.await("HOLDING");
      ProcessHandle init = broker.inits().getFirst();
      Set<ProcessHandle> session = family(init);
      BrokerProcess.kill(init);
      assertTrue(broker.await("EXITED").endsWith("ended without a report INIT_DIED"));
      BrokerProcess.awaitEnd(session);
      assertOthersAnswer(broker, 2);
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void zygoteKilled_endsItsSessionsAndNotTheService(Setup setup) throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(setup, "hold")) {
      broker.await("HOLDING");
      Set<ProcessHandle> family = family(broker.zygote());
      assertEquals(10, family.size());
      BrokerProcess.kill(broker.zygote());
      var slots = new TreeSet<String>();
      for (int i = 0; i < 3; i++) {
        String line = broker.await("EXITED");
        assertTrue(line.endsWith("ZYGOTE_DIED"), line);
        slots.add(line.substring(7, 8));
      }
      assertEquals(Set.of("0", "1", "2"), slots);
      assertEquals("ZYGOTE ended by SIGKILL", broker.await("ZYGOTE"));
      BrokerProcess.awaitEnd(family);
      broker.tell("killed");
      assertEquals("PASSED hold\nstatus 0", broker.finish());
      assertEquals(List.of(), broker.workFolders());
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void serviceKilled_endsEverything(Setup setup) throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(setup, "hold")) {
      broker.await("HOLDING");
      Set<ProcessHandle> all = broker.everything();
      BrokerProcess.kill(broker.service());
      assertTrue(broker.finish().endsWith("status 137"));
      BrokerProcess.awaitEnd(all);
      assertEquals(List.of(), broker.workFolders());
    }
  }

  @ParameterizedTest
  @MethodSource("setups")
  void brokerKilled_endsEverything(Setup setup) throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(setup, "hold")) {
      broker.await("HOLDING");
      Set<ProcessHandle> all = broker.everything();
      assertEquals(12, all.size());
      List<Path> groups = broker.groups();
      BrokerProcess.kill(broker.broker());
      BrokerProcess.awaitEnd(all);
      // Nobody was left to remove its folder and groups; the next broker does, the groups also that
      // of another
      // service which starts in this moment.
      assertEquals(1, broker.workFolders().size());
      try (BrokerProcess next = broker.startNext("hold")) {
        next.await("HOLDING");
        assertEquals(List.of(), existing(groups));
        List<Path> nextGroups = next.groups();
        assertEquals(groups.size(), nextGroups.size());
        assertEquals(1, broker.workFolders().size());
        next.tell("held");
        next.await("PASSED");
        assertTrue(next.finish().endsWith("status 0"));
        assertEquals(List.of(), existing(nextGroups));
        assertEquals(List.of(), broker.workFolders());
      }
    }
  }

  private static List<Path> existing(List<Path> paths) {
    return paths.stream().filter(Files::exists).toList();
  }

  private static Set<ProcessHandle> family(ProcessHandle first) {
    var family = new HashSet<ProcessHandle>();
    family.add(first);
    first.descendants().forEach(family::add);
    return family;
  }

  private static void assertOthersAnswer(BrokerProcess broker, int count) throws Exception {
    broker.tell("killed");
    for (int i = 0; i < count; i++) {
      assertTrue(broker.await("ALIVE").endsWith("answers"));
    }
    broker.await("PASSED hold");
    assertTrue(broker.finish().endsWith("status 0"));
    assertEquals(List.of(), broker.workFolders());
  }
}
