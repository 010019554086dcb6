// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.protocol.FrameMemory;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.service.config.ServiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A whole service over a [FakeSandbox], with its socket and files in a folder of the test.
final class ServiceFixture implements AutoCloseable {
  private static final Duration RELEASE_TIME = Duration.ofSeconds(5);

  final FakeSandbox sandbox;
  final Launchpad launchpad;
  private final Path socket;
  private final NetworkLoops loops = NetworkLoops.start("engines", 1);

  ServiceFixture(Path folder, String... more) throws Exception {
    this(folder, (satellite, _) -> satellite.kill(), more);
  }

  /// @param script what satellites do that are parked at the start
  ServiceFixture(Path folder, FakeProcess.Script script, String... more) throws Exception {
    socket = folder.resolve("launchpad.sock");
    Files.createDirectories(folder.resolve("satellites/launchpad_satellite"));
    var lines =
        new ArrayList<>(
            List.of(
                "listener.unix.path = " + socket,
                "engine.tests.peer-uids = " + Files.getAttribute(folder, "unix:uid"),
                "runtime.python.language = python",
                "runtime.python.interpreter = /bin/sh",
                "launcher.python.library = " + folder.resolve("satellites"),
                "sandbox = none",
                "monitoring.enabled = false",
                "service.drain-time = 1s",
                "limits.grace = 300ms"));
    if (Arrays.stream(more).noneMatch(line -> line.startsWith("limits.exit-report-wait"))) {
      lines.add("limits.exit-report-wait = 300ms");
    }
    lines.addAll(List.of(more));
    Path file = Files.write(folder.resolve("launchpad.properties"), lines);
    sandbox = new FakeSandbox(folder);
    sandbox.script(script);
    launchpad = Launchpad.start(ServiceConfig.load(file, Map.of()), sandbox);
  }

  TestEngine engine() throws Exception {
    return TestEngine.connect(loops, socket);
  }

  @Override
  public void close() {
    launchpad.close();
    loops.close();
    // Whoever let go of a buffer last may be a thread that is still ending.
    long deadline = System.nanoTime() + RELEASE_TIME.toNanos();
    while (FrameMemory.buffersInUse() != 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(0, FrameMemory.buffersInUse(), "buffers that nobody gave back");
  }
}
