// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.pool.PoolConfig;
import io.launchpad.pool.WorkerAccount;
import io.launchpad.pool.WorkerKey;
import io.launchpad.sandbox.SandboxFacts.AccountRange;
import io.launchpad.service.config.ConfigException;
import io.launchpad.service.config.ServiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolSetupTest {
  @TempDir Path folder;

  private ServiceConfig config(String... more) throws IOException {
    String text =
        """
        listener.unix.path = /run/launchpad/socket
        engine.local.peer-uids = 1000
        runtime.python.language = python
        runtime.python.interpreter = /usr/bin/python3
        accounts.prefix = worker
        accounts.uid-first = 300000
        """
            + String.join("\n", more);
    return ServiceConfig.load(Files.writeString(folder.resolve("config"), text), Map.of());
  }

  @Test
  void accounts_areTheBrokersUnderTheConfiguredName() throws IOException {
    var accounts = PoolSetup.accounts(new AccountRange(300_001, 63, 300_001), config());
    assertEquals(63, accounts.size());
    assertEquals(
        "worker01 to worker63, uids 300001 to 300063",
        PoolSetup.describe(new AccountRange(300_001, 63, 300_001), config()));
    assertEquals(
        "worker01 to worker63, all of them uid 1000",
        PoolSetup.describe(new AccountRange(1000, 1, 1000), config()));
    assertEquals(new WorkerAccount("worker01", 300_001, 300_001), accounts.getFirst());
  }

  @Test
  void accounts_areNumberedPlacesWhenTheBrokerHasOne() throws IOException {
    var accounts = PoolSetup.accounts(new AccountRange(1000, 1, 1000), config());
    assertEquals(63, accounts.size());
    assertEquals("worker63", accounts.getLast().name());
  }

  @Test
  void accounts_areRefusedWhenTheBrokerHasFewerThanSessions() throws IOException {
    var config = config("pool.sessions-max = 40");
    var refusal =
        assertThrows(
            StartException.class,
            () -> PoolSetup.accounts(new AccountRange(300_001, 39, 300_001), config));
    assertTrue(refusal.toString().contains("accounts.count = 41"), refusal.toString());
  }

  @Test
  void accounts_areTheBrokersWhereverTheyStand() throws IOException {
    var accounts = PoolSetup.accounts(new AccountRange(700_000, 500, 700_000), config());
    assertEquals(new WorkerAccount("worker01", 700_000, 700_000), accounts.getFirst());
  }

  @Test
  void leak_isWhatNoDeadlineExplains() throws IOException {
    var config = config("limits.deadline = 1h", "limits.grace = 10s");
    assertEquals(
        Duration.ofHours(1).plusSeconds(10).plusMinutes(1),
        PoolSetup.config(config, 64).leakAfter());
  }

  @Test
  void parked_areOfEachRuntimeAndPoolThatWantsThem() throws IOException {
    var config =
        config(
            "resource-pool.small.sessions-max = 3",
            "resource-pool.small.parked.python.min = 1",
            "resource-pool.small.parked.python.max = 2",
            "resource-pool.other.sessions-max = 3");
    assertEquals(
        Map.of(
            new WorkerKey("python", "default"), new PoolConfig.Range(2, 4),
            new WorkerKey("python", "small"), new PoolConfig.Range(1, 2)),
        PoolSetup.config(config, 64).parking().ranges());
  }

  @Test
  void parkedMinimaOfAllPools_mustFitTogether() {
    var refusal =
        assertThrows(
            ConfigException.class,
            () ->
                config(
                    "pool.parked-max = 2",
                    "resource-pool.small.parked.python.min = 2",
                    "resource-pool.small.parked.pythn.max = 2"));
    assertTrue(refusal.toString().contains("minima of parked satellites together: 4"));
    assertTrue(refusal.toString().contains("resource-pool.small.parked.pythn.max"));
  }
}
