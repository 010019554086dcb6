// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.Execute;
import io.launchpad.protocol.Message;
import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.sandbox.SandboxFacts.ControlGroups;
import io.launchpad.sandbox.SandboxFacts.Controller;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Limits from the configuration and the request to the broker, and back as errors that name them.
@Timeout(60)
class LimitsTest {
  private static final SandboxFacts.Limiting NOTHING =
      new SandboxFacts.Limiting(ControlGroups.NONE, Set.of(), "no groups here");

  @RegisterExtension final ServiceFixture service = new ServiceFixture();

  private static FakeProcess.Script ended(ExitReport.Met met) {
    return (satellite, _) -> {
      satellite.started();
      satellite.met(met);
      satellite.exit(ExitReport.Cause.LIMIT, new Ending.Signalled(9));
    };
  }

  private ErrorInfo failure(FakeProcess.Script script, String... configuration) throws Exception {
    service.start(script, configuration);
    return fail();
  }

  private ErrorInfo fail() throws Exception {
    return service.engine().call(TestEngine.request(false, false)).failure().error();
  }

  @Test
  void memoryLimit_isNamedWithValueKeyAndUsage() throws Exception {
    ErrorInfo error = failure(ended(ExitReport.Met.MEMORY));
    assertEquals(ErrorCode.MEMORY_LIMIT, error.code());
    assertEquals(Optional.of(new ErrorInfo.Exit.Signal(9)), error.exit());
    var limit = error.limit().orElseThrow();
    assertEquals("memory", limit.name());
    assertEquals("resource-pool.default.session-memory", limit.configurationKey());
    assertEquals(1000, limit.usage());
    assertTrue(error.message().contains(limit.configurationKey()), error.message());
  }

  @Test
  void memoryOfThePool_isNotBlamedOnTheSession() throws Exception {
    var limit = failure(ended(ExitReport.Met.POOL_MEMORY)).limit().orElseThrow();
    assertEquals("resource-pool.default.memory", limit.configurationKey());
  }

  @Test
  void memoryOfTheMachine_isNotBlamedOnTheSession() throws Exception {
    ErrorInfo error = failure(ended(ExitReport.Met.HOST_MEMORY));
    assertEquals(ErrorCode.MEMORY_LIMIT, error.code());
    assertTrue(error.message().contains("the machine was out of memory"), error.message());
  }

  /// The satellite says that it failed, closes its channels, and its end is never reported.
  @Test
  void memoryLimitWithoutAReport_isStillTheReason() throws Exception {
    ErrorInfo error =
        failure((satellite, _) -> {
          satellite.started();
          satellite.memoryKills(1);
          satellite.holdReports();
          satellite.send(
              new Message.Failed(
                  ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "MemoryError"),
                  Message.Times.ZERO,
                  Optional.empty()));
          var _ = satellite.connection().ping().thenRun(satellite.connection()::close);
        });
    service.sandbox().processes().forEach(FakeProcess::letReportsGo);
    assertEquals(ErrorCode.MEMORY_LIMIT, error.code());
    assertEquals("memory", error.limit().orElseThrow().name());
  }

  @Test
  void cpuLimit_isNamedWithValueKeyAndUsage() throws Exception {
    ErrorInfo error = failure(ended(ExitReport.Met.CPU_TIME));
    assertEquals(ErrorCode.CPU_LIMIT, error.code());
    var limit = error.limit().orElseThrow();
    assertEquals("resource-pool.default.session-cpu-time", limit.configurationKey());
    assertEquals(3_000_000, limit.usage());
  }

  @Test
  void killWithoutLimit_isNotCalledOne() throws Exception {
    ErrorInfo error =
        failure((satellite, _) -> satellite.exit(ExitReport.Cause.ITSELF, new Ending.Signalled(9)));
    assertEquals(ErrorCode.SATELLITE_LOST, error.code());
    assertEquals(Optional.empty(), error.limit());
    assertTrue(error.message().contains("not at a limit"), error.message());
  }

  @Test
  void softLimit_isListedWhenTheSessionFails() throws Exception {
    ErrorInfo error =
        failure((satellite, _) -> {
          satellite.started();
          satellite.processesRefused(2);
          satellite.send(
              new Message.Failed(
                  ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "BlockingIOError"),
                  Message.Times.ZERO,
                  Optional.empty()));
        });
    assertEquals(ErrorCode.SCRIPT_ERROR, error.code());
    assertTrue(error.message().startsWith("BlockingIOError\n"), error.message());
    var limit = error.limit().orElseThrow();
    assertEquals("resource-pool.default.session-processes", limit.configurationKey());
    assertEquals(512, limit.value());
  }

  @Test
  void limitThatTheSatelliteNames_getsItsKey() throws Exception {
    ErrorInfo error = failure((satellite, _) -> fails(satellite, "scratch bytes"));
    var limit = error.limit().orElseThrow();
    assertEquals("runtime.python.scratch-size", limit.configurationKey());
    assertEquals(1000, limit.value());
    assertEquals(990, limit.usage());
    assertTrue(error.message().startsWith("OSError\n"), error.message());
    assertTrue(error.message().contains("1000 bytes in its scratch folder"), error.message());
    assertTrue(error.message().contains("It had 990"), error.message());
  }

  @Test
  void limitThatASatelliteCannotKnow_isNotTakenFromIt() throws Exception {
    ErrorInfo error = failure((satellite, _) -> fails(satellite, "memory"));
    assertEquals(Optional.empty(), error.limit());
    assertEquals("OSError", error.message());
  }

  @Test
  void limits_areListedTogether() throws Exception {
    ErrorInfo error =
        failure((satellite, _) -> {
          satellite.processesRefused(2);
          fails(satellite, "open files");
        });
    assertEquals("open files", error.limit().orElseThrow().name());
    assertTrue(error.message().contains("open files and sockets"), error.message());
    assertTrue(error.message().contains("session-processes"), error.message());
  }

  private static void fails(FakeProcess satellite, String limit) {
    satellite.started();
    satellite.send(
        new Message.Failed(
            ErrorInfo.of(ErrorCode.SCRIPT_ERROR, "OSError")
                .withLimit(new ErrorInfo.LimitHit(limit, 1000, "", 990)),
            Message.Times.ZERO,
            Optional.empty()));
  }

  @Test
  void deadline_namesTheKeyOfThePoolsWhereItIsShorter() throws Exception {
    var limit =
        failure(
                (satellite, _) -> satellite.started(),
                "resource-pool.default.session-deadline = 100ms")
            .limit()
            .orElseThrow();
    assertEquals("resource-pool.default.session-deadline", limit.configurationKey());
    assertEquals(100, limit.value());
  }

  @Test
  void deadline_namesTheKeyOfAllWhereThatIsShorter() throws Exception {
    var limit =
        failure(
                (satellite, _) -> satellite.started(),
                "limits.deadline = 100ms",
                "resource-pool.default.session-deadline = 1h")
            .limit()
            .orElseThrow();
    assertEquals("limits.deadline", limit.configurationKey());
  }

  @Test
  void completed_hasWhatTheSessionUsedSinceItsStart() throws Exception {
    service.start((satellite, _) -> {
      satellite.started();
      satellite.completed();
    });
    var answer = service.engine().call(TestEngine.request(false, false)).answer();
    var usage = assertInstanceOf(Message.Completed.class, answer).usage().orElseThrow();
    assertEquals(1_000_000, usage.cpuUserMicros());
    assertEquals(0, usage.cpuSystemMicros());
    assertEquals(1000, usage.memoryPeakBytes());
  }

  private static Execute asking(long memoryBytes, long cpuMicros) {
    return TestEngine.request(false, false).toBuilder()
        .limits(new Execute.RequestLimits(memoryBytes, cpuMicros, 0, 0, 0, 0))
        .build();
  }

  @Test
  void request_mayHaveLessThanItsPool() throws Exception {
    service.start(
        (satellite, request) -> {
          satellite.started();
          satellite.print(
              0, request.limits().memoryBytes() + " " + satellite.limits().memoryBytes() + "\n");
          satellite.completed();
        },
        "resource-pool.default.session-memory = 1GiB",
        "resource-pool.default.session-cpu-time = 10s");
    var engine = service.engine();
    var less = engine.call(asking(1 << 20, 2_000_000));
    less.answer();
    assertEquals("1048576 1048576\n", less.printed.take().text());
    // More is not given, and what the pool has need not be set again.
    var more = engine.call(asking(1L << 40, 0));
    more.answer();
    assertEquals((1L << 30) + " 0\n", more.printed.take().text());
  }

  @Test
  void limitsThatAreNeverSet_areWaitedForUntilTheDeadline() throws Exception {
    service.sandbox().limitsNeverAnswered(true);
    service.start("resource-pool.default.session-memory = 1GiB");
    var request = asking(1 << 20, 0).toBuilder().deadlineMillis(200).build();
    var error = service.engine().call(request).failure().error();
    assertEquals(ErrorCode.DEADLINE_EXCEEDED, error.code());
    assertTrue(error.retrySafe());
  }

  @Test
  void pools_areMadeAsConfigured() throws Exception {
    service.start(
        "sandbox.allow-swap = true",
        "resource-pool.default.memory = 2GiB",
        "resource-pool.default.processes = 100",
        "resource-pool.default.cpus = 1.5",
        "resource-pool.default.cpu-list = 0-1",
        "resource-pool.default.session-memory = 1GiB",
        "resource-pool.default.session-processes = unlimited",
        "resource-pool.default.session-cpus = 0.5",
        "resource-pool.default.session-cpu-time = 1m");
    assertEquals(
        new ResourcePoolSpec(
            "default",
            new ResourceLimits(2L << 30, 100, 1500, Duration.ZERO),
            new ResourceLimits(1L << 30, 0, 500, Duration.ofMinutes(1)),
            "0-1",
            true),
        service.sandbox().pools().getFirst());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "memory = 1GiB",
        "processes = 5",
        "cpus = 1",
        "cpu-list = 0",
        "session-memory = 1GiB",
        "session-cpu-time = 1s"
      })
  void limitThatCannotBeKept_isRefusedAtTheStart(String line) {
    service.sandbox().limiting(NOTHING);
    var refusal =
        assertThrows(StartException.class, () -> service.start("resource-pool.default." + line));
    String text = String.valueOf(refusal.getMessage());
    assertTrue(text.contains("resource-pool.default." + line), text);
    assertTrue(text.contains("no groups here"), text);
  }

  private static final String[] MEMORY_ALONE = {
    "resource-pool.default.session-memory = 1GiB",
    "resource-pool.default.session-processes = unlimited",
  };

  @Test
  void memoryLimitWithSwapInUse_isRefused() {
    service
        .sandbox()
        .limiting(new SandboxFacts.Limiting(ControlGroups.V2, Set.of(Controller.MEMORY), ""));
    var refusal = assertThrows(StartException.class, () -> service.start(MEMORY_ALONE));
    String text = String.valueOf(refusal.getMessage());
    assertTrue(text.contains("swap is in use"), text);
  }

  @Test
  void memoryLimitWithSwapInUse_isMadeWhereThatIsAllowed() throws Exception {
    service
        .sandbox()
        .limiting(new SandboxFacts.Limiting(ControlGroups.V2, Set.of(Controller.MEMORY), ""));
    service.start(MEMORY_ALONE[0], MEMORY_ALONE[1], "sandbox.allow-swap = true");
    assertTrue(service.sandbox().pools().getFirst().allowSwap());
  }

  @Test
  void usualLimits_areLeftOutWhereNothingIsConfined() throws Exception {
    service.sandbox().limiting(NOTHING);
    service.start();
    assertEquals(ResourceLimits.NONE, service.sandbox().pools().getFirst().session());
  }
}
