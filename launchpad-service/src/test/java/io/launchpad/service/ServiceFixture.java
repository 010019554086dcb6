// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.launchpad.protocol.FrameMemory;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.service.config.ServiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A whole service over a [FakeSandbox], with its socket and files in a folder of the test, and the
/// engines that call it.
///
/// As an extension it closes behind each test what the test has opened, and verifies that every
/// buffer was given back.
final class ServiceFixture implements BeforeEachCallback, AfterEachCallback {
  private final Deque<TestEngine> engines = new ArrayDeque<>();
  private @Nullable Path folder;
  private @Nullable NetworkLoops loops;
  private @Nullable FakeSandbox sandbox;
  private @Nullable Launchpad launchpad;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("launchpad-service-");
    loops = NetworkLoops.start("engines", 1);
    sandbox = new FakeSandbox(folder);
  }

  /// The sandbox, which is there before the service is started.
  FakeSandbox sandbox() {
    return there(sandbox);
  }

  /// Starts the service.
  ///
  /// @param more lines for the configuration
  void start(String... more) throws IOException {
    var file = Files.write(there(folder).resolve("launchpad.properties"), configuration(more));
    launchpad = Launchpad.start(ServiceConfig.load(file, Map.of()), sandbox());
  }

  /// Starts the service.
  ///
  /// @param script what its satellites do
  void start(FakeProcess.Script script, String... more) throws IOException {
    sandbox().script(script);
    start(more);
  }

  private List<String> configuration(String... more) throws IOException {
    Path library = there(folder).resolve("satellites");
    Files.createDirectories(library.resolve("launchpad_satellite"));
    var lines =
        new ArrayList<>(
            List.of(
                "listener.unix.path = " + socket(),
                "engine.tests.peer-uids = " + Files.getAttribute(there(folder), "unix:uid"),
                "runtime.python.language = python",
                "runtime.python.interpreter = /bin/sh",
                "launcher.python.library = " + library,
                "sandbox = none",
                "monitoring.enabled = false",
                "service.drain-time = 1s",
                "pool.memory-min = 0B",
                "limits.grace = 300ms"));
    if (Arrays.stream(more).noneMatch(line -> line.startsWith("limits.exit-report-wait"))) {
      lines.add("limits.exit-report-wait = 300ms");
    }
    lines.addAll(List.of(more));
    return lines;
  }

  private Path socket() {
    return there(folder).resolve("launchpad.sock");
  }

  /// One more engine, connected to the service, which is started if it was not.
  TestEngine engine() throws Exception {
    if (launchpad == null) {
      start();
    }
    var engine = TestEngine.connect(there(loops), socket());
    engines.push(engine);
    return engine;
  }

  /// Ends the service, as a signal would.
  void stop() {
    if (launchpad != null) {
      launchpad.close();
      launchpad = null;
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    engines.forEach(TestEngine::close);
    if (launchpad == null) {
      sandbox().close();
    }
    stop();
    there(loops).close();
    // Whoever let go of a buffer last may be a thread that is still ending.
    Eventually.holds("every buffer given back", () -> FrameMemory.buffersInUse() == 0);
    assertEquals(0, FrameMemory.buffersInUse());
    try (var paths = Files.walk(there(folder))) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static <T> T there(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the fixture is there during a test only");
    }
    return part;
  }
}
