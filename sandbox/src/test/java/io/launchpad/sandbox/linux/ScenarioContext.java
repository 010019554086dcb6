// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ResourcePool;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.SandboxFacts.AccountRange;
import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// What a scenario has at hand: the connected client, zygotes, satellites, and the test outside.
final class ScenarioContext {

  private static final long DEADLINE_SECONDS = 60;

  /// What a confined session may write.
  static final SandboxPolicy.Scratch SCRATCH = new SandboxPolicy.Scratch(32 << 20, 1024);

  final BrokerClient client;
  private final ZygoteSpec.Satellites satellites;
  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private long lastGeneration;
  private ResourcePool pool = ResourcePool.NONE;

  ScenarioContext(BrokerClient client, ZygoteSpec.Satellites satellites) {
    this.client = client;
    this.satellites = satellites;
  }

  ZygoteSpec spec(String... arguments) {
    return spec(Duration.ofSeconds(30), arguments);
  }

  ZygoteSpec spec(Duration startTimeout, String... arguments) {
    var command = new java.util.ArrayList<>(List.of("/usr/bin/python3", "-I", script().toString()));
    if (satellites == ZygoteSpec.Satellites.EXECUTED) {
      command.add("executed");
    }
    command.addAll(List.of(arguments));
    return new ZygoteSpec(
        "test",
        satellites,
        command,
        Map.of("PATH", "/usr/bin:/bin", "OF_ZYGOTE", "yes"),
        policy(List.of()),
        startTimeout);
  }

  /// A zygote whose satellites see more of the host.
  ZygoteSpec specThatReads(Path... readable) {
    var spec = spec();
    return new ZygoteSpec(
        spec.runtime(),
        spec.satellites(),
        spec.command(),
        spec.environment(),
        policy(List.of(readable)),
        spec.startTimeout());
  }

  /// As the broker was started.
  SandboxPolicy policy(List<Path> readable) {
    if (!client.facts().confines()) {
      return SandboxPolicy.NONE;
    }
    var all = new java.util.ArrayList<>(readable);
    all.addAll(scriptFolder());
    return SandboxPolicy.full("python", SCRATCH, all);
  }

  /// Where the zygote's script stands.
  List<Path> scriptFolder() {
    return List.of(Objects.requireNonNull(script().getParent(), "the folder of the script"));
  }

  private static Path script() {
    try {
      return Path.of(
          Objects.requireNonNull(
                  ScenarioContext.class.getResource("test_zygote.py"), "test_zygote.py")
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  Zygote zygote(String... arguments) throws Exception {
    return get(client.startZygote(spec(arguments)));
  }

  ParkRequest request(Zygote zygote, long slot, TestSatellite.Output output) {
    AccountRange accounts = client.facts().accounts();
    int index = accounts.isShared() ? 0 : (int) slot;
    return new ParkRequest(
        zygote,
        slot,
        ++lastGeneration,
        accounts.account(index),
        pool,
        Map.of("OF_PARK", "ja"),
        output);
  }

  /// Satellites from now on are parked in this pool.
  void useNewPool(ResourcePoolSpec spec) throws Exception {
    pool = get(client.resourcePool(spec));
  }

  TestSatellite park(Zygote zygote, long slot) throws Exception {
    var output = new TestSatellite.Output();
    return new TestSatellite(get(client.park(request(zygote, slot, output))), output);
  }

  /// Everything below the broker but this service.
  Set<ProcessHandle> others() {
    ProcessHandle self = ProcessHandle.current();
    return self.parent()
        .orElseThrow()
        .descendants()
        .filter(process -> !process.equals(self))
        .collect(Collectors.toSet());
  }

  void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  void awaitWord() throws IOException {
    String line = input.readLine();
    check(line != null, "the test is gone");
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  /// The message of the failure that the stage must end with.
  static String failure(CompletionStage<?> stage) throws Exception {
    try {
      Object value = get(stage);
      throw new AssertionError("no failure, but " + value);
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    }
  }

  static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  static void equal(Object expected, Object actual) {
    check(expected.equals(actual), "expected " + expected + " but got " + actual);
  }

  static void contains(String part, String whole) {
    check(whole.contains(part), "no '" + part + "' in: " + whole);
  }
}
