// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.contains;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;
import static io.launchpad.sandbox.linux.ScenarioContext.failure;
import static io.launchpad.sandbox.linux.ScenarioContext.get;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.OutputStreamKind;
import io.launchpad.sandbox.Signals;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Satellites that are executed: what differs from those that are forked.
final class ExecutionScenarios {

  private ExecutionScenarios() {}

  /// Its descriptors, environment and ends, and that nothing of another satellite's memory is its.
  static void execution(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1);
        TestSatellite other = context.park(zygote, 2)) {
      equal(
          "0 1 2 3 4",
          one.run(
              "answer = ' '.join(n for n in sorted(os.listdir('/proc/self/fd')) if os.path.exists('/proc/self/fd/' + n))"));
      equal(
          "yes ja split",
          one.run(
              "e = os.environ; answer = ' '.join((e['OF_ZYGOTE'], e['OF_PARK'], e['LAUNCHPAD_PROFILE']))"));
      equal(
          "[]",
          one.run(
              "answer = [n for n in ('LAUNCHPAD_ZYGOTE_LIBRARY', 'LAUNCHPAD_LIFETIME', 'LAUNCHPAD_CONFINED') if n in os.environ]"));
      equal("True", one.run("answer = os.getcwd() == os.environ['HOME']"));
      check(
          !one.run("answer = hash('launchpad')").equals(other.run("answer = hash('launchpad')")),
          "they share a hash seed");
      check(
          !one.run("answer = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p).value")
              .equals(
                  other.run(
                      "answer = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p).value")),
          "they share an address layout");
      one.start("os._exit(7)");
      equal(new Ending.Exited(7), one.exited().ending());
      other.start("os.abort()");
      equal(new Ending.Signalled(Signals.SIGABRT), other.exited().ending());
    }
    try (TestSatellite killed = context.park(zygote, 1)) {
      killed.satellite.kill();
      equal(ExitReport.Cause.KILLED_ON_REQUEST, killed.exited().cause());
    }
    refusals(context);
    zygote.retire();
    equal(new Ending.Exited(0), get(zygote.exited()).ending());
  }

  private static void refusals(ScenarioContext context) throws Exception {
    contains("/no/such/program: No such file", failure(start(context, "/no/such/program")));
    // It can be executed only when it is tried: the satellite says why, and that it was not set up.
    Zygote late = get(start(context, "/usr/bin/env", "/no/such/program"));
    var output = new TestSatellite.Output();
    try (var satellite = get(context.client.park(context.request(late, 1, output)))) {
      equal(new Ending.Exited(127), get(satellite.exited()).ending());
      output.awaitClosed();
      contains("No such file", output.text(OutputStreamKind.STDERR));
    }
  }

  private static java.util.concurrent.CompletionStage<Zygote> start(
      ScenarioContext context, String... command) {
    return context.client.startZygote(
        new ZygoteSpec(
            "executed",
            ZygoteSpec.Satellites.EXECUTED,
            List.of(command),
            Map.of(),
            context.policy(List.of()),
            Duration.ofSeconds(5)));
  }

  /// It is as restricted as one that is forked, from its first instruction on.
  static void confined(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 4)) {
      int uid = context.client.facts().accounts().account(4).uid();
      equal("%1$d %1$d %1$d".formatted(uid), one.run("answer = '%d %d %d' % os.getresuid()"));
      String status = one.run("answer = open('/proc/self/status').read()");
      for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
        contains(set + ":\t0000000000000000", status);
      }
      contains("NoNewPrivs:\t1", status);
      contains("Seccomp:\t2", status);
      equal("2 1", one.run("answer = f'{os.getpid()} {os.getppid()}'"));
      equal(
          "/session/work /session/work /session/tmp",
          one.run("answer = ' '.join((os.getcwd(), os.environ['HOME'], os.environ['TMPDIR']))"));
      contains("liblaunchpad_machine.so", one.run("answer = open('/proc/self/maps').read()"));
      equal("False", one.run("answer = 'launchpad-exec' in open('/proc/self/maps').read()"));
    }
  }
}
