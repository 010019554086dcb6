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

  /// A writer without end costs no memory and is not cut; others are not delayed.
  static void flood(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite flooding = context.park(zygote, 1);
        TestSatellite other = context.park(zygote, 2)) {
      equal(
          "",
          flooding.run(
              """
              import threading
              os.flood = threading.Thread(target=os.write, args=(1, b'x' * 8_000_000))
              os.flood.start()
              """));
      equal("", other.run("os.write(1, b'through')"));
      var _ = get(other.satellite.output().drained());
      equal("through", other.output.text(STDOUT));
      equal("", flooding.run("os.flood.join()"));
      var _ = get(flooding.satellite.output().drained());
      check(flooding.output.size(STDOUT) >= 8_000_000, "cut to " + flooding.output.size(STDOUT));
      equal("x".repeat(4096), text(flooding.satellite.output().tail(STDOUT)));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
