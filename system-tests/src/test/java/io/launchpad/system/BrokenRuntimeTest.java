// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two runtimes side by side, of which one is broken: its calls fail and say why, the other's do
/// not notice, and when it is mended it serves, without a restart.
@Timeout(240)
final class BrokenRuntimeTest {
  @TempDir(factory = LifecycleTest.OutsideTmp.class)
  private Path folder;

  private static Settings settings(Path interpreter) throws IOException {
    return Settings.NONE
        .with("runtime.python.default", true)
        .with("runtime.python.parked-min", 1)
        .with("runtime.other.language", "python")
        .with("runtime.other.interpreter", interpreter)
        .with("runtime.other.library", packages())
        .with("runtime.other.parked-min", 1)
        .with("pool.start-timeout", "10s")
        .with("pool.queue-wait", "20s");
  }

  /// Those of the runtime that works: the interpreter beside them is none of its own.
  private static Path packages() throws IOException {
    Path library = Installation.runtimes().resolve("python/lib");
    try (Stream<Path> versions = Files.list(library)) {
      return versions.findFirst().orElseThrow().resolve("site-packages");
    }
  }

  private static Outcome run(Engine engine, String runtime) {
    return engine.run(
        Engine.request("print('fine')").runtime(runtime).deadline(Duration.ofMinutes(1)).build());
  }

  private static ErrorInfo failure(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Failure(var exception, var _) -> exception.error();
      case Outcome.Success success -> throw new AssertionError("it ran: " + success);
    };
  }

  @Test
  void runtimeWithoutInterpreter_failsItsCallsOnlyAndServesWhenItIsThere() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path interpreter = folder.resolve("python");
    try (var service = ServiceUnderTest.start(settings(interpreter));
        var engine = Engine.of(service.transport())) {
      assertEquals("fine\n", run(engine, "python").success().printed());
      ErrorInfo error = failure(run(engine, "other"));
      assertTrue(error.message().contains(interpreter.toString()), error.message());
      assertTrue(error.retrySafe(), error.message());
      Files.createSymbolicLink(interpreter, Installation.interpreter().toRealPath());
      assertEquals("fine\n", run(engine, "other").success().printed());
      assertEquals("fine\n", run(engine, "python").success().printed());
    }
  }

  @Test
  void runtimeWhoseInterpreterFails_failsItsCallsOnly() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path interpreter =
        Files.writeString(folder.resolve("python"), "#!/bin/sh\necho broken >&2; exit 3\n");
    Files.setPosixFilePermissions(interpreter, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var service = ServiceUnderTest.start(settings(interpreter));
        var engine = Engine.of(service.transport())) {
      assertTrue(failure(run(engine, "other")).retrySafe());
      assertEquals("fine\n", run(engine, "python").success().printed());
    }
  }
}
