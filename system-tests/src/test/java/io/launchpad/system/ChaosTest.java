// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Satellites, inits, zygotes, the broker and the service are killed under load, at moments that a
/// seed chooses. Every call ends with the right answer or an error that a kill explains, nothing is
/// left behind after any round, and the next call works.
final class ChaosTest {
  /// `-Dchaos.seed=N` takes that seed, `-Dchaos.rounds=N` that many rounds.
  private static final String SEED = "chaos.seed";

  private static final String ROUNDS = "chaos.rounds";
  private static final int ENGINES = 4;
  private static final int CALLS_EACH = 2;
  private static final int PARKED = 2;

  /// The broker, the service, a zygote, and two processes for each satellite.
  private static final int PROCESSES_AT_REST = 3 + 2 * PARKED;

  private static final Settings SETTINGS =
      Settings.NONE
          .with("runtime.python.parked-min", PARKED)
          .with("runtime.python.parked-max", PARKED)
          .with("pool.parked-max", PARKED)
          // Fewer than engines, so that calls wait too.
          .with("pool.sessions-max", ENGINES - 1)
          // So few that each is soon used again.
          .with("accounts.count", ENGINES + PARKED + 1);

  @Test
  void killsOfAFixedSeed_areSurvived() throws Exception {
    chaos("killsOfAFixedSeed_areSurvived", Long.getLong(SEED, 4), 5, 0);
  }

  @Test
  @Tag("nightly")
  @Timeout(1800)
  void killsOfARandomSeed_areSurvived() throws Exception {
    long seed = ThreadLocalRandom.current().nextLong(1_000_000);
    chaos("killsOfARandomSeed_areSurvived", Long.getLong(SEED, seed), 60, 2);
  }

  private static void chaos(String test, long seed, int usualRounds, int moreKills)
      throws Exception {
    int rounds = Integer.getInteger(ROUNDS, usualRounds);
    System.out.printf("chaos with seed %d, %d rounds%n", seed, rounds);
    int round = 0;
    try {
      var brokers = new HashSet<String>();
      Path folder;
      try (var service = ChaosService.start(SETTINGS)) {
        folder = service.awaitUp().folder();
        for (var plan : ChaosPlan.of(seed, rounds, ENGINES, CALLS_EACH, moreKills).rounds()) {
          round++;
          var running = new ChaosRound(service, plan);
          running.run();
          System.out.printf("round %d: %s%n", round, running.kills());
          assertQuiet(service.awaitUp(), brokers);
        }
      }
      Leftovers.assertNoGroupsOf(brokers);
      assertEquals(List.of(), Leftovers.mounts(folder), "mounts left");
    } catch (Throwable e) {
      throw new AssertionError(
          """
          seed %d fails in round %d; replay it with
            ./launchpad test -Pnightly -pl system-tests -am -Dtest=ChaosTest#%s \
          -Dsurefire.failIfNoSpecifiedTests=false -D%s=%d -D%s=%d
          %s\
          """
              .formatted(seed, round, test, SEED, seed, ROUNDS, rounds, e.getMessage()),
          e);
    }
  }

  /// What an undisturbed service has, and no more; and it works.
  ///
  /// @param brokers the names of all brokers' groups up to now
  private static void assertQuiet(ServiceUnderTest service, Set<String> brokers) throws Exception {
    // First: a satellite that is about to be buried could still be given a script.
    awaitRest(service);
    try (var engine = Engine.of(service.transport())) {
      assertEquals(
          List.of(List.of(42L)),
          engine.run("OutputDataSet = pandas.DataFrame({'a': [42]})").success().rows());
    }
    awaitRest(service);
    var processes = new HashSet<>(service.processes());
    for (long pid : processes) {
      assertEquals(true, service.isBelowBroker(pid), () -> "orphan: " + Processes.describe(pid));
    }
    AccountHands.assertEachInOne(service);
    Leftovers.assertGroupsHoldOnly(processes);
    Set<String> own = Leftovers.brokersOf(processes);
    brokers.removeAll(own);
    Leftovers.assertNoGroupsOf(brokers);
    brokers.addAll(own);
    assertEquals(List.of(), Leftovers.mounts(service.folder()), "mounts on the host");
    assertEquals(List.of(), service.workFolders(), "work folders of nobody");
  }

  /// As many processes as it parks satellites, which it also knows.
  private static void awaitRest(ServiceUnderTest service) {
    try {
      Deadline.await(
          "the parked satellites and no more",
          () ->
              service.processes().size() == PROCESSES_AT_REST
                  && service.monitoring().metric("launchpad_pool_satellites{state=\"parked\"}")
                      == PARKED);
    } catch (AssertionError e) {
      throw new AssertionError("there are " + service.describeProcesses(), e);
    }
    service.awaitIdle();
  }
}
