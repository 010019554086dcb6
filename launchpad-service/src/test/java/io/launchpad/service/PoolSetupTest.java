// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.pool.WorkerAccount;
import io.launchpad.sandbox.SandboxFacts.AccountRange;
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
        PoolSetup.config(config, 4).leakAfter());
  }
}
