// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCategory;
import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import io.launchpad.protocol.ErrorInfo.Exit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// SIGKILL of each process in turn, while data of one session streams and another session runs.
///
/// Whoever is left gets a clear error or goes on unharmed, and no process stays.
final class KillTest {
  private static final String STREAMING =
      """
      open("/proc/self/comm", "w").write("victim")
      print("called=victim")
      OutputDataSet = InputDataSet
      """;
  private static final String WAITING =
      """
      import subprocess, time
      child = subprocess.Popen(["sleep", "100000"], start_new_session=True)
      print("called=bystander")
      while True: time.sleep(1000)
      """;

  private ServiceUnderTest service;
  private Engine engine;
  private Engine bystander;
  private GeneratedRows rows;
  private Call streaming;
  private Call waiting;
  private long victim;

  @BeforeEach
  void startBothSessions() throws Exception {
    service = ServiceUnderTest.start(Settings.NONE.with("runtime.python.parked-min", 2));
    engine = Engine.of(service.transport());
    bystander = Engine.of(service.transport());
    rows = GeneratedRows.count(engine, Long.MAX_VALUE / 2);
    streaming =
        engine.start(
            Engine.request(STREAMING).rowsPerRead(100_000).build(), List.of(rows.input()), null);
    assertTrue(streaming.execution().outputs().getFirst().loadNextBatch());
    victim = service.satelliteNamed(streaming.events().awaitPrinted("called"));
    waiting = bystander.start(Engine.request(WAITING).build());
    var _ = waiting.events().awaitPrinted("called");
  }

  @AfterEach
  void closeBothEngines() throws Exception {
    streaming.close();
    rows.close();
    engine.close();
    waiting.close();
    bystander.close();
    service.close();
  }

  /// The other session is as it was: it can still be cancelled, and the service still serves.
  private void assertOthersUnharmed() {
    assertFalse(waiting.execution().result().toCompletableFuture().isDone());
    waiting.execution().cancel("done with it");
    waiting.finish().cancelled();
    assertServes();
  }

  private void assertServes() {
    assertEquals(
        List.of(List.of(1L)),
        bystander.run("OutputDataSet = pandas.DataFrame({'a': [1]})").success().rows());
  }

  private static void assertLost(ErrorInfo error) {
    assertEquals(ErrorCategory.INTERNAL, error.category());
    // Output had been delivered and user code had run.
    assertFalse(error.retrySafe());
    assertFalse(error.message().isEmpty());
  }

  @Test
  void killedSatellite_failsItsSessionAlone() {
    Processes.kill(victim);
    ErrorInfo error = streaming.finish().failed(ErrorCode.SATELLITE_LOST);
    assertLost(error);
    assertEquals(Optional.of(new Exit.Signal(9)), error.exit());
    assertOthersUnharmed();
  }

  @Test
  void killedInit_failsItsSessionAlone() {
    Processes.kill(Processes.parent(victim));
    assertLost(streaming.finish().failed(ErrorCode.SATELLITE_LOST));
    assertOthersUnharmed();
  }

  @Test
  void killedZygote_failsItsSessionsAndIsReplaced() {
    Processes.kill(service.zygote());
    assertLost(streaming.finish().failed(ErrorCode.SATELLITE_LOST));
    assertLost(waiting.finish().failed(ErrorCode.SATELLITE_LOST));
    assertServes();
  }

  @Test
  void killedEngine_endsItsSessionAlone() throws Exception {
    streaming.execution().cancel("makes room");
    streaming.finish().cancelled();
    try (var killed = EngineProcess.start(service.socket())) {
      assertEquals(3, service.monitoring().metric("launchpad_connections"));
      killed.kill();
    }
    Deadline.await(
        "the end of the killed engine's session",
        () ->
            service.monitoring().metric("launchpad_connections") == 2
                && service.monitoring().metric("launchpad_sessions_running") == 1);
    assertOthersUnharmed();
  }

  @Test
  void killedService_endsEverything() throws Exception {
    Processes.kill(service.service());
    assertLost(streaming.finish().failed(ErrorCode.CONNECTION_LOST));
    assertLost(waiting.finish().failed(ErrorCode.CONNECTION_LOST));
    assertEquals(128 + 9, service.awaitEnd());
    service.awaitNoProcess();
    assertLost(bystander.run("x = 1").failed(ErrorCode.UNREACHABLE));
  }

  @Test
  void killedBroker_endsEverythingAndTheNextOneSweepsBehindIt() throws Exception {
    Processes.kill(service.broker());
    assertLost(gone(streaming.finish()));
    assertLost(gone(waiting.finish()));
    service.awaitNoProcess();
    assertLost(bystander.run("x = 1").failed(ErrorCode.UNREACHABLE));
    // Nobody was left to remove the work folders; that the next one does, closing it verifies.
    service = service.startNext();
    assertServes();
  }

  /// The service may still say that its satellite is lost before it ends itself.
  private static ErrorInfo gone(Outcome outcome) {
    return outcome instanceof Outcome.Failure(var exception, var _)
            && exception.code() == ErrorCode.SATELLITE_LOST
        ? outcome.failed(ErrorCode.SATELLITE_LOST)
        : outcome.failed(ErrorCode.CONNECTION_LOST);
  }
}
