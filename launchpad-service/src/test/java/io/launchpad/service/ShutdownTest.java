// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.pool.StartPurpose;
import io.launchpad.pool.WorkerAccount;
import io.launchpad.pool.WorkerKey;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.Message;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.sandbox.UnixAccount;
import io.launchpad.service.config.ResourcePoolSettings.Limit;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.RuntimeSandbox;
import io.launchpad.service.config.ZygoteSettings;
import io.launchpad.service.launcher.PythonLauncher;
import io.launchpad.service.launcher.Runtimes;
import io.launchpad.service.launcher.SatelliteFactory;
import io.launchpad.service.launcher.Surroundings;
import io.launchpad.service.launcher.WarmUps;
import io.launchpad.service.launcher.Zygotes;
import io.launchpad.service.monitoring.ZygoteObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The way down: in which order the parts end, and that none waits for what never comes.
@Timeout(60)
class ShutdownTest {
  private static final WorkerKey KEY = new WorkerKey("python", "default");
  private static final WorkerAccount ACCOUNT = new WorkerAccount("launchpad01", 5001, 5001);

  @RegisterExtension final ServiceFixture service = new ServiceFixture();

  @Test
  void close_endsSatellitesThenZygotesThenTheBroker() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.completed();
    });
    var engine = service.engine();
    assertInstanceOf(
        Message.Completed.class, engine.call(TestEngine.request(false, false)).answer());
    service.stop();
    var sandbox = service.sandbox();
    var expected = new ArrayList<>(List.of("zygote started"));
    sandbox.processes().forEach(_ -> expected.add("satellite ended"));
    expected.add("zygote retired");
    expected.add("broker let go");
    assertEquals(expected, sandbox.events());
  }

  @Test
  void abandonedStart_doesNotWaitForAZygoteThatIsNeverReady() {
    service.sandbox().holdZygotes(true);
    try (var loops = NetworkLoops.start("test", 1)) {
      var start = factory(service.sandbox(), loops);
      var started = start.start(KEY, StartPurpose.PARKING, ACCOUNT, 1).toCompletableFuture();
      assertFalse(started.isDone());
      start.abandon(KEY, ACCOUNT, 1);
      assertTrue(started.isCompletedExceptionally());
    }
  }

  private static SatelliteFactory factory(FakeSandbox sandbox, NetworkLoops loops) {
    var launcher =
        new PythonLauncher(
            Path.of("/nowhere"), new Surroundings(false, false), Duration.ofMinutes(1));
    var runtime =
        new RuntimeConfig(
            "python",
            "python",
            RuntimeConfig.Start.FORK,
            Path.of("/bin/sh"),
            Optional.empty(),
            List.of(),
            Map.of(),
            true,
            1,
            1,
            new RuntimeSandbox(List.of(), List.of(), new Scratch(1 << 20, 64)));
    return new SatelliteFactory(
        sandbox,
        new Zygotes(
            sandbox,
            List.of(launcher),
            List.of(runtime),
            new ZygoteSettings(
                Duration.ofSeconds(1),
                new Limit<>("growth", Optional.empty(), false),
                new Limit<>("age", Optional.empty(), false),
                new Limit<>("forks", Optional.empty(), false)),
            System::nanoTime,
            ZygoteObserver.NONE),
        new Runtimes(List.of(runtime)),
        Map.of(),
        new WarmUps(),
        new Connector(loops, LocalInfo.of("test"), new SecureRandom()),
        Duration.ofMinutes(1),
        account -> new UnixAccount(account.name(), account.uid(), account.gid()));
  }
}
