// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runtimes whose satellites do not say hello as they should, through the real broker, beside a
/// runtime that works and must go on working.
///
/// A package of the runtime takes the place of the satellite, as a hostile or broken one could.
@Timeout(180)
final class HostileRuntimeTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "garbage | control.sendall(os.urandom(1 << 16)) | does not speak",
        "another protocol | control.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n') | does not speak",
        "data first | data.sendall(os.urandom(1 << 16)) | was not ready",
        "a hello without end |"
            + " control.sendall(frames.PREFACE + frame(1, b'x' * 4096, length=1 << 31)) | was not ready",
        "a hello that cannot be read | control.sendall(frames.PREFACE + frame(1, b'\\xff' * 100)) |"
            + " HELLO",
        "another message | control.sendall(frames.PREFACE + frame(0x13, b'')) | was not ready",
        "an end | control.close(); data.close() | was not ready",
        "nothing | pass | no worker after",
      })
  void satelliteThatSaysNoHello_isNeverLeasedAndTouchesNobody(
      String name,
      String says,
      String told,
      @TempDir(factory = LifecycleTest.OutsideTmp.class) Path library)
      throws Exception {
    Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(library.resolve("takeover.py"), servesBy(says));
    var settings =
        Settings.NONE
            .with("runtime.python.default", true)
            .with("runtime.python.parked-min", 2)
            .with("runtime.hostile.language", "python")
            .with("runtime.hostile.interpreter", Installation.interpreter())
            .with("runtime.hostile.library", library)
            .with("runtime.hostile.imports", "takeover")
            .with("runtime.hostile.parked-min", 1)
            .with("pool.start-timeout", "5s")
            .with("pool.queue-wait", "60s");
    try (var service = ServiceUnderTest.start(settings);
        var engine = Engine.of(service.transport())) {
      Outcome outcome =
          engine.run(
              Engine.request("x = 1").runtime("hostile").deadline(Duration.ofMinutes(2)).build());
      ErrorInfo error =
          switch (outcome) {
            case Outcome.Failure(var exception, var _) -> exception.error();
            case Outcome.Success success -> throw new AssertionError("it ran: " + success);
          };
      assertTrue(error.message().contains("failed to start"), error.message());
      assertTrue(error.message().contains(told), error.message());
      assertTrue(error.retrySafe(), error.message());
      assertEquals("fine\n", engine.run("print('fine')").success().printed());
    }
  }

  /// The package, with what it does in place of serving.
  private static String servesBy(String says) {
    return """
    import os, signal, socket, struct, sys
    from launchpad_satellite import frames, launchpad_pb2 as pb, satellite

    def frame(kind, payload, number=0, length=None):
        size = len(payload) if length is None else length
        return struct.pack("<IBBHQ", size, kind, 0, 0, number) + payload

    def serve_split(control, data, runtime):
        control = socket.socket(fileno=control)
        data = socket.socket(fileno=data)
        print("what it said last", file=sys.stderr, flush=True)
        %s
        signal.pause()

    satellite.serve_split = serve_split
    """
        .formatted(says);
  }
}
