// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.ErrorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/// A service's start, end, and what it says of itself in between.
final class LifecycleTest {
  /// A confined satellite has a /tmp of its own: nothing of the host's can be shown there.
  static final class OutsideTmp implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      return Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-library-");
    }
  }

  @Test
  void sigterm_endsInOrder() throws Exception {
    try (var service = ServiceUnderTest.start()) {
      try (var engine = Engine.of(service.transport())) {
        engine.run("print('some output')").success();
        engine.run("1 / 0").failed(ErrorCode.SCRIPT_ERROR);
        engine.run("import os; os.abort()").failed(ErrorCode.SCRIPT_CRASHED);
      }
      service.terminate();
      service.awaitOrderlyEnd();
    }
  }

  @Test
  void sigterm_endsInOrderWhileAZygoteIsNeverReady(
      @TempDir(factory = OutsideTmp.class) Path library) throws Exception {
    Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(library.resolve("endless.py"), "import signal; signal.pause()\n");
    try (var service =
        ServiceUnderTest.start(
            Settings.NONE
                .with("runtime.python.library", library)
                .with("runtime.python.imports", "endless"))) {
      Deadline.await("a zygote", service::hasZygote);
      service.terminate();
      service.awaitOrderlyEnd();
    }
  }

  @Test
  void sigterm_letsARunningSessionFinishAndTakesNoNewOne() throws Exception {
    var gate = new CountDownLatch(1);
    try (var service = ServiceUnderTest.start();
        var engine = Engine.of(service.transport());
        var late = Engine.of(service.transport());
        var rows = GeneratedRows.held(engine, 10, gate);
        Call call =
            engine.start(
                Engine.request("print('chunk=yes')\nOutputDataSet = InputDataSet")
                    .rowsPerRead(10)
                    .build(),
                List.of(rows.input()),
                null)) {
      var _ = call.events().awaitPrinted("chunk");
      // A connection that is there already, and one that is not yet.
      try (Call before = late.start(Engine.request("x = 1").build())) {
        before.finish().success();
      }
      service.terminate();
      Deadline.await(
          "the service to be unready",
          () -> service.monitoring().get("/health/ready").statusCode() == 503);
      assertTrue(late.run("x = 1").failed(ErrorCode.SHUTTING_DOWN).retrySafe());
      gate.countDown();
      assertEquals(20, call.finish().success().rows().size());
      service.awaitOrderlyEnd();
    }
  }

  @Test
  void sigterm_cancelsWhatOutlastsTheDrainTime() throws Exception {
    try (var service = ServiceUnderTest.start(Settings.NONE.with("service.drain-time", "1s"));
        var engine = Engine.of(service.transport());
        Call call =
            engine.start(Engine.request("print('running=yes')\nwhile True: pass").build())) {
      var _ = call.events().awaitPrinted("running");
      service.terminate();
      ErrorInfo error = call.finish().failed(ErrorCode.SHUTTING_DOWN);
      assertTrue(!error.retrySafe());
      service.awaitOrderlyEnd();
    }
  }

  @Test
  void secondServiceOnASocket_saysWhoIsThereAndEnds() throws Exception {
    try (var first = ServiceUnderTest.start();
        var engine = Engine.of(first.transport());
        var second =
            ServiceUnderTest.launch(
                Settings.NONE.with("listener.unix.path", first.socket().toString()))) {
      assertEquals(78, second.awaitEnd(), () -> second.log().all());
      assertEquals(
          1,
          second.log().linesWith("somebody listens on " + first.socket() + " already").size(),
          () -> second.log().all());
      engine.run("x = 1").success();
    }
  }

  @Test
  void wrongConfiguration_isSaidWithEveryProblemAndEnds() throws Exception {
    try (var service =
        ServiceUnderTest.launch(
            Settings.NONE.with("pool.sesions-max", 3).with("limits.grace", "five"))) {
      assertEquals(78, service.awaitEnd(), () -> service.log().all());
      assertTrue(service.log().all().contains("pool.sessions-max"), service.log().all());
      assertTrue(service.log().all().contains("limits.grace"), service.log().all());
    }
  }

  @Test
  void metricsAndHealth_tellOfKnownCalls() throws Exception {
    try (var service = ServiceUnderTest.start()) {
      Monitoring monitoring = service.monitoring();
      try (var engine = Engine.of(service.transport());
          var rows = GeneratedRows.count(engine, 1_000)) {
        engine.run(Engine.request("OutputDataSet = InputDataSet").build(), rows.input()).success();
        engine.run("x = 1").success();
        engine.run("1 / 0").failed(ErrorCode.SCRIPT_ERROR);
        assertEquals(1, monitoring.metric("launchpad_connections"));
      }
      service.awaitIdle();
      assertEquals(3, monitoring.metric("launchpad_sessions_total"));
      assertEquals(
          1,
          monitoring.metric("launchpad_failures_total{category=\"user\",code=\"SCRIPT_ERROR\"}"));
      assertEquals(1, monitoring.metric("launchpad_failures_total"));
      assertEquals(1_000, monitoring.metric("launchpad_relay_rows_total"));
      assertTrue(monitoring.metric("launchpad_relay_bytes_total") > 2 * 24_000);
      assertEquals(3, monitoring.metric("launchpad_session_run_seconds_count"));
      assertEquals(3, monitoring.metric("launchpad_session_queue_seconds_count"));
      assertEquals(0, monitoring.metric("launchpad_sandbox_unrestricted"));
      assertEquals(200, monitoring.get("/health/live").statusCode());
      assertEquals(200, monitoring.get("/health/ready").statusCode());
      assertEquals(404, monitoring.get("/elsewhere").statusCode());
    }
  }
}
