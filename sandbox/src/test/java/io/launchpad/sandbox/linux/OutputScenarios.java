// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.OutputStreamKind.STDERR;
import static io.launchpad.sandbox.OutputStreamKind.STDOUT;
import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;
import static io.launchpad.sandbox.linux.ScenarioContext.get;

import io.launchpad.sandbox.Zygote;
import java.nio.charset.StandardCharsets;

/// What is written to descriptors 1 and 2, by whomever, arrives.
final class OutputScenarios {

  private OutputScenarios() {}

  static void output(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1)) {
      equal("", one.run("os.write(1, b'raw '); os.write(2, b'error ')"));
      equal("", one.run("subprocess.run(['sh', '-c', 'echo shell; echo shell >&2'])"));
      equal("", one.run("subprocess.run(['sh', '-c', 'echo again > /dev/stderr'])"));
      equal("", one.run("open('/dev/stdout', 'w').write('reopened')"));
      var _ = get(one.satellite.output().drained());
      equal("raw shell\nreopened", one.output.text(STDOUT));
      equal("error shell\nagain\n", one.output.text(STDERR));
      equal("raw shell\nreopened", text(one.satellite.output().tail(STDOUT)));
      one.start("os.write(1, b' last'); os._exit(1)");
      var _ = one.exited();
      one.output.awaitClosed();
      equal("raw shell\nreopened last", one.output.text(STDOUT));
      // At the end there is nothing to wait for.
      var _ = get(one.satellite.output().drained());
    }
  }

  /// A writer without end is slowed down by a pause, and costs no memory; others are not.
  static void flood(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite flooding = context.park(zygote, 1);
        TestSatellite other = context.park(zygote, 2)) {
      equal("paused", pauseAndFill(flooding));
      int before = flooding.output.size(STDOUT);
      equal("", other.run("os.write(1, b'through')"));
      var _ = get(other.satellite.output().drained());
      equal("through", other.output.text(STDOUT));
      equal(before, flooding.output.size(STDOUT));
      flooding.satellite.output().resume(STDOUT);
      var _ = get(flooding.satellite.output().drained());
      check(flooding.output.size(STDOUT) > before, "nothing came after the pause");

      equal("", flooding.run("os.set_blocking(1, True); os.write(1, b'x' * 8_000_000)"));
      var _ = get(flooding.satellite.output().drained());
      check(flooding.output.size(STDOUT) >= 8_000_000, "cut to " + flooding.output.size(STDOUT));
      equal("x".repeat(4096), text(flooding.satellite.output().tail(STDOUT)));

      // A paused pipe does not keep the end of the satellite from being seen.
      equal("paused", pauseAndFill(flooding));
      flooding.start("os._exit(0)");
      var _ = flooding.exited();
      flooding.output.awaitClosed();
    }
  }

  /// Fills the pipe to its brim while nobody reads it.
  private static String pauseAndFill(TestSatellite satellite) throws Exception {
    satellite.satellite.output().pause(STDOUT);
    // Commands are in order: when this is done, so is the pause.
    var _ = get(satellite.satellite.output().drained());
    return satellite.run(
        """
        os.set_blocking(1, False)
        try:
            while True: os.write(1, b'y' * 4096)
        except BlockingIOError:
            answer = 'paused'
        """);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
