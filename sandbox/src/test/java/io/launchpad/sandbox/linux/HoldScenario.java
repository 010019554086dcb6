// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.Zygote;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Holds satellites with daemons of their own while the test outside kills somebody, and says what
/// the sandbox reports.
final class HoldScenario {

  private HoldScenario() {}

  static void hold(ScenarioContext context) throws Exception {
    context.useNewPool(
        new ResourcePoolSpec("standard", ResourceLimits.NONE, ResourceLimits.NONE, "", false));
    Zygote zygote = context.zygote();
    List<TestSatellite> satellites = new ArrayList<>();
    for (int slot = 0; slot < 3; slot++) {
      TestSatellite one = context.park(zygote, slot);
      satellites.add(one);
      String _ =
          one.run(
              """
              if os.fork() == 0:
                  os.setsid()
                  for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)
                  while True: signal.pause()
              """);
      var _ = one.satellite.exited().thenAccept(report -> context.say(describe(report)));
    }
    var _ = zygote.exited().thenAccept(exit -> context.say("ZYGOTE " + exit.describe()));
    context.say("HOLDING");
    context.awaitWord();
    for (TestSatellite one : satellites) {
      if (!one.satellite.exited().toCompletableFuture().isDone()) {
        context.say("ALIVE " + one.satellite.slot() + " " + one.run("answer = 'answers'"));
      }
    }
    for (TestSatellite one : satellites) {
      one.close();
    }
  }

  private static String describe(ExitReport report) {
    return "EXITED %d %s %s".formatted(report.slot(), report.ending().describe(), report.cause());
  }

  /// Ends by SIGTERM as a service does: with satellites still at work, through its shutdown hooks.
  static void drain(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    TestSatellite one = context.park(zygote, 1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                context.say("DRAINED " + one.run("answer = 'still there'"));
              } catch (java.io.IOException e) {
                context.say("LOST " + e.getMessage());
              }
            }));
    context.say("HOLDING");
    context.awaitWord();
    throw new AssertionError("the test was to send SIGTERM");
  }

  /// Breaks the rules of BROKER.md itself.
  static void malformed(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    var _ = context.park(zygote, 1);
    context.client.tell(ByteBuffer.wrap(new byte[100]));
    context.say("ENDED " + ScenarioContext.get(context.client.ended()));
    context.awaitWord();
  }
}
