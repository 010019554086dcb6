// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.client.ScriptRequest;
import io.launchpad.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Attacks over several sessions: against the pool, the service's own resources, and the next user
/// of an account.
final class HostileSessionsTest {
  private static final int PER_IDENTITY = 2;
  private static final int SATELLITES = 4;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service =
        ServiceUnderTest.start(
            Settings.NONE
                .with("runtime.python.parked-min", 1)
                .with("runtime.python.parked-max", 2)
                .with("pool.parked-max", 2)
                .with("pool.sessions-max", SATELLITES)
                .with("pool.sessions-per-identity-max", PER_IDENTITY)
                // The zygote's, and few enough that they are soon used again.
                .with("accounts.count", SATELLITES + 2));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.awaitIdle();
    service.close();
  }

  private static ScriptRequest of(String principal, String script) {
    return ScriptRequest.builder(principal, "Python", script).build();
  }

  @Test
  void poolHeldHostage_stillServesOthers() throws Exception {
    var hostages = new ArrayList<Call>();
    try {
      for (int i = 0; i < PER_IDENTITY; i++) {
        Call call = engine.start(of("mallory", "while True: pass"));
        hostages.add(call);
        var _ = call.events().awaitStarted();
      }
      Call waiting = engine.start(of("mallory", "while True: pass"));
      hostages.add(waiting);
      waiting.events().awaitQueued();
      for (int i = 0; i < 3; i++) {
        engine.run(of("alice", "x = 1")).success();
      }
      assertFalse(waiting.execution().result().toCompletableFuture().isDone());
    } finally {
      hostages.forEach(Call::close);
    }
  }

  /// What one session leaves, the next one under the same account must not find.
  @Test
  void account_bringsNothingOfItsLastSession() {
    String script =
        """
        import ctypes, os, signal, socket
        libc = ctypes.CDLL(None)
        mine = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (os.getpid(), 1)]
        found = os.listdir("/tmp") + os.listdir("/dev/shm") + os.listdir(".") + mine
        found += ["segment"] * (libc.shmget(0x6d616c, 64, 0) >= 0)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.connect("\\0left")
            found.append("name")
        except ConnectionRefusedError:
            pass
        for path in ("/tmp/left", "/dev/shm/left", "left"):
            open(path, "w").write("left")
        assert libc.shmget(0x6d616c, 64, 0o1600) >= 0
        if os.fork() == 0:
            os.setsid()
            name.bind("\\0left")
            name.listen()
            while True: signal.pause()
        OutputDataSet = pandas.DataFrame({"uid": [os.getuid()], "found": [" ".join(found)]})
        """;
    var accounts = new HashSet<Object>();
    for (int i = 0; i < 3 * SATELLITES; i++) {
      List<Object> row = engine.run(of("user" + i, script)).success().rows().getFirst();
      accounts.add(row.getFirst());
      assertEquals("", row.getLast().toString());
    }
    assertTrue(accounts.size() < 3 * SATELLITES, () -> "every one was new: " + accounts);
  }

  @Test
  void descriptorsPassedToTheService_areNotKept() throws Exception {
    engine.run(of("alice", "x = 1")).success();
    int before = Processes.descriptors(service.service());
    String file = AttackFile.resource("attempt") + AttackFile.resource("channels");
    for (int i = 0; i < 5; i++) {
      var _ =
          engine
              .run(of("mallory", file + "\npasses_descriptors_to_the_service()"))
              .failed(ErrorCode.SCRIPT_ERROR);
    }
    int after = Processes.descriptors(service.service());
    assertTrue(after < before + 200, () -> before + " descriptors before, " + after + " after");
  }

  /// Scripts that end while their forks print, write to the channels and fork on: each call ends,
  /// as a success or as the script's own error, and nothing stays.
  @Test
  void forksThatRaceTheEnd_changeNoAnswer() throws Exception {
    String script =
        """
        import os
        for i in range(6):
            if os.fork() == 0:
                while True:
                    os.write(1, b"late\\n")
        OutputDataSet = pandas.DataFrame({"a": [42]})
        """;
    try (ExecutorService engines = Executors.newFixedThreadPool(PER_IDENTITY)) {
      var running = new ArrayList<Future<Outcome>>();
      for (int i = 0; i < 6; i++) {
        running.add(engines.submit(() -> engine.run(of("mallory", script))));
      }
      for (Future<Outcome> one : running) {
        assertEquals(List.of(List.of(42L)), one.get().success().rows());
      }
    }
  }

  /// Whoever knows another session's number can do nothing with it: no message has a place for it.
  @Test
  void sessionNumbers_areUnlikeEachOther() {
    String script = "import launchpad; print(launchpad.session.session_id, end='')";
    var numbers = new HashSet<String>();
    for (int i = 0; i < 8; i++) {
      numbers.add(engine.run(of("alice", script)).success().printed());
    }
    assertEquals(8, numbers.size());
  }
}
