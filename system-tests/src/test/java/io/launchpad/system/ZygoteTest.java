// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Zygotes with what users have installed: replaced when that changes, refused when it cannot be
/// forked, and with children that differ.
@Timeout(180)
final class ZygoteTest {
  private static final String GREET =
      "import greeting; OutputDataSet = pandas.DataFrame({'said': [greeting.TEXT]})";

  private Packages packages;

  @BeforeEach
  void makePackages() throws Exception {
    packages = Packages.make();
  }

  @AfterEach
  void removePackages() throws Exception {
    packages.close();
  }

  private Settings greeting() throws Exception {
    packages.install("greeting", "TEXT = 'one'");
    return packages
        .imports("greeting")
        .with("runtime.python.parked-min", 2)
        .with("zygote.check-interval", "200ms");
  }

  private static List<List<Object>> said(String text) {
    return List.of(List.of(new Text(text)));
  }

  @Test
  void changedPackage_isSeenByTheNextCallWhileARunningOneKeepsItsOwn() throws Exception {
    Settings settings = greeting();
    // So deep that it is not one of the packages.
    Path go = Files.createDirectories(packages.folder().resolve("a/b/c")).resolve("go");
    String waiting =
        """
        import greeting, os, time
        print("called=waiting")
        while not os.path.exists("%s"): time.sleep(0.01)
        import importlib
        OutputDataSet = pandas.DataFrame({"said": [greeting.TEXT]})
        """
            .formatted(go);
    try (var service = ServiceUnderTest.start(settings)) {
      try (var engine = Engine.of(service.transport());
          var running = engine.start(Engine.request(waiting).build())) {
        var _ = running.events().awaitPrinted("called");
        long old = service.zygote();
        packages.install("greeting", "TEXT = 'two'");
        service.log().await("zygote is retired");
        assertEquals(said("two"), engine.run(GREET).success().rows());
        // The old one lives for the session that it has left.
        assertTrue(Processes.all().contains(old));
        assertEquals(1, service.monitoring().metric("launchpad_zygote_retired"));
        assertEquals(
            1,
            service
                .monitoring()
                .metric(
                    "launchpad_zygote_retirements_total{cause=\"packages\",runtime=\"python\"}"));
        Files.createFile(go);
        assertEquals(said("one"), running.finish().success().rows());
        Deadline.await("the end of the old zygote", () -> !Processes.all().contains(old));
        assertEquals(0, service.monitoring().metric("launchpad_zygote_retired"));
        assertNotEquals(old, service.zygote());
        assertEquals(said("two"), engine.run(GREET).success().rows());
      }
      service.awaitIdle();
    }
  }

  @Test
  void brokenPackage_leavesTheOldZygoteAndThenSaysWhatIsWrong() throws Exception {
    Settings settings = greeting();
    try (var service = ServiceUnderTest.start(settings)) {
      try (var engine = Engine.of(service.transport())) {
        assertEquals(said("one"), engine.run(GREET).success().rows());
        long old = service.zygote();
        packages.install("greeting", "raise ImportError('half an installation')");
        service.log().await("zygote cannot be replaced");
        assertEquals(said("one"), engine.run(GREET).success().rows());
        Processes.kill(old);
        service.log().await("zygote has ended");
        Deadline.await("a call that says what is wrong", () -> saysWhatIsWrong(engine.run(GREET)));
        packages.install("greeting", "TEXT = 'three'");
        Deadline.await(
            "a call after the packages were mended",
            () ->
                engine.run(GREET) instanceof Outcome.Success success
                    && success.rows().equals(said("three")));
      }
      service.awaitIdle();
    }
  }

  /// Those that were parked may be found dead first.
  private static boolean saysWhatIsWrong(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Success success -> throw new AssertionError("it succeeded: " + success);
      case Outcome.Failure(var exception, var _) -> {
        String message = exception.error().message();
        yield exception.code() == ErrorCode.LAUNCH_FAILED
            && message.contains("its packages have changed")
            && message.contains("greeting.py")
            && message.contains("half an installation");
      }
    };
  }

  @Test
  void packageThatStartsAThread_isNamedAndServedByAnExecutedRuntime() throws Exception {
    packages.install(
        "busy",
        """
        import threading, time
        THREAD = threading.Thread(target=time.sleep, args=(100000,), daemon=True)
        THREAD.start()
        """);
    String script =
        "import busy; OutputDataSet = pandas.DataFrame({'alive': [busy.THREAD.is_alive()]})";
    Settings settings = packages.imports("busy").with("runtime.python.parked-min", 0);
    try (var service = ServiceUnderTest.start(settings);
        var engine = Engine.of(service.transport())) {
      String message = engine.run(script).failed(ErrorCode.LAUNCH_FAILED).message();
      assertTrue(message.contains("importing busy started a thread"), message);
      assertTrue(message.contains("runtime.python.imports"), message);
      assertTrue(message.contains("runtime.python.start = exec"), message);
    }
    try (var service = ServiceUnderTest.start(settings.with("runtime.python.start", "exec"))) {
      try (var engine = Engine.of(service.transport())) {
        assertEquals(List.of(List.of(true)), engine.run(script).success().rows());
      }
      service.awaitIdle();
    }
  }

  @Test
  void satellitesOfOneZygote_drawNothingTwice() throws Exception {
    String script =
        """
        import gc, multiprocessing, random, secrets, sys, tempfile, uuid
        import numpy
        drawn = [
            random.random(), random.randbytes(8).hex(), numpy.random.rand(), numpy.random.default_rng().random(),
            next(tempfile._get_candidate_names()), uuid.uuid4(), uuid.uuid1(), uuid.getnode(), secrets.token_hex(),
            bytes(multiprocessing.current_process().authkey).hex(),
        ]
        assert gc.get_freeze_count() > 10_000 and "drawing" in sys.modules
        OutputDataSet = pandas.DataFrame({"drawn": [str(one) for one in drawn]})
        """;
    // What the zygote has drawn from, its satellites would draw from again.
    packages.install(
        "drawing",
        """
        import multiprocessing, random, tempfile, uuid
        import numpy
        random.random(), numpy.random.rand(), uuid.uuid1(), uuid.getnode(), multiprocessing.current_process().authkey
        next(tempfile._get_candidate_names())
        """);
    Settings settings = packages.imports("drawing").with("runtime.python.parked-min", 2);
    try (var service = ServiceUnderTest.start(settings)) {
      try (var engine = Engine.of(service.transport())) {
        long zygote = service.zygote();
        Set<Object> all = new HashSet<>();
        for (int call = 0; call < 3; call++) {
          engine
              .run(script)
              .success()
              .rows()
              .forEach(row -> assertTrue(all.add(row), row::toString));
        }
        assertEquals(30, all.size());
        assertEquals(zygote, service.zygote());
      }
      service.awaitIdle();
    }
  }
}
