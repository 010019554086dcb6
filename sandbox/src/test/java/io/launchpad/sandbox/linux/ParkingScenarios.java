// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.contains;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;
import static io.launchpad.sandbox.linux.ScenarioContext.failure;
import static io.launchpad.sandbox.linux.ScenarioContext.get;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ParkRequest;
import io.launchpad.sandbox.ResourcePool;
import io.launchpad.sandbox.SandboxFacts.Lifetime;
import io.launchpad.sandbox.UnixAccount;
import io.launchpad.sandbox.Zygote;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Satellites are parked where and as BROKER.md says.
final class ParkingScenarios {

  private ParkingScenarios() {}

  /// Fifty at once; each has its own two channels.
  static void fifty(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    var parking = new ArrayList<CompletableFuture<TestSatellite>>();
    for (int slot = 0; slot < 50; slot++) {
      var output = new TestSatellite.Output();
      parking.add(
          context
              .client
              .park(context.request(zygote, slot, output))
              .toCompletableFuture()
              .thenApplyAsync(satellite -> {
                try {
                  return new TestSatellite(satellite, output);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }));
    }
    for (int slot = 0; slot < 50; slot++) {
      TestSatellite one = get(parking.get(slot));
      one.start("data.sendall(data.recv(100) + b' of %d' % session.slot); answer = 'sent'");
      one.data.write(("echo " + slot).getBytes(StandardCharsets.UTF_8));
      String expected = "echo " + slot + " of " + slot;
      equal(expected, new String(one.data.read(expected.length()), StandardCharsets.UTF_8));
      equal("sent", one.control.readText());
    }
    for (CompletableFuture<TestSatellite> one : parking) {
      get(one).start("os._exit(0)");
    }
    for (CompletableFuture<TestSatellite> one : parking) {
      equal(new Ending.Exited(0), get(one).exited().ending());
      get(one).output.awaitClosed();
      get(one).close();
    }
    equal(1, context.others().size());
  }

  /// A thousand, ten at a time, with the descriptors counted from outside before and after.
  static void thousand(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    // Everything that is made once is made before the first count.
    parkTen(context, zygote);
    context.say("COUNT");
    context.awaitWord();
    for (int round = 0; round < 100; round++) {
      parkTen(context, zygote);
    }
    context.say("COUNT");
    context.awaitWord();
  }

  private static void parkTen(ScenarioContext context, Zygote zygote) throws Exception {
    List<TestSatellite> satellites = new ArrayList<>();
    for (int slot = 0; slot < 10; slot++) {
      satellites.add(context.park(zygote, slot));
    }
    for (TestSatellite satellite : satellites) {
      satellite.start("os._exit(3)");
      equal(new Ending.Exited(3), satellite.exited().ending());
      satellite.output.awaitClosed();
      satellite.close();
    }
  }

  /// What the satellite finds around itself.
  static void place(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    ParkRequest request = context.request(zygote, 4, new TestSatellite.Output());
    UnixAccount account = request.account();
    try (TestSatellite one = context.park(zygote, 4)) {
      equal(
          account.uid() + " " + account.gid(), one.run("answer = f'{os.getuid()} {os.getgid()}'"));
      equal(
          "",
          one.run("answer = ' '.join(map(str, os.getgroups()))")
              .strip()
              .replace("" + account.gid(), ""));
      equal(
          "True True True",
          one.run(
              "h = os.environ['HOME']; answer = f\"{os.getcwd() == h} {os.environ['TMPDIR'] == h}"
                  + " {session.work_folder.decode() == h}\""));
      equal("0o700", one.run("answer = oct(os.stat('.').st_mode & 0o777)"));
      equal(
          "yes ja split",
          one.run(
              "e = os.environ; answer = ' '.join(e[n] for n in ('OF_ZYGOTE', 'OF_PARK', 'LAUNCHPAD_PROFILE'))"));
      equal(
          "0 1 2 3 4",
          one.run(
              "answer = ' '.join(n for n in sorted(os.listdir('/proc/self/fd')) if os.path.exists('/proc/self/fd/' + n))"));
      equal("False False", one.run("answer = f'{os.get_inheritable(3)} {os.get_inheritable(4)}'"));
      equal("/dev/null", one.run("answer = os.readlink('/proc/self/fd/0')"));
      String status = one.run("answer = open('/proc/self/status').read()");
      contains("CapEff:\t0000000000000000", status);
      contains("CapPrm:\t0000000000000000", status);
      contains("CapAmb:\t0000000000000000", status);
      contains("NoNewPrivs:\t1", status);
      contains("SigBlk:\t0000000000000000", status);
      contains("Umask:\t0077", status);
      equal(
          "True 0",
          one.run(
              "import resource; answer = f'{os.getsid(0) == os.getpid()} {resource.getrlimit(resource.RLIMIT_CORE)[1]}'"));
      boolean namespaces = context.client.facts().lifetime() == Lifetime.NAMESPACES;
      equal(
          namespaces ? "2 1" : "other",
          one.run(namespaces ? "answer = f'{os.getpid()} {os.getppid()}'" : "answer = 'other'"));
      equal("3", one.run("answer = subprocess.run(['sh', '-c', 'exit 3']).returncode"));
    }
  }

  /// What the broker does not do, and that it says why.
  static void refusals(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    var output = new TestSatellite.Output();
    ParkRequest good = context.request(zygote, 1, output);
    var root = new UnixAccount("root", 0, 0);
    contains(
        "account is not one of those",
        failure(
            context.client.park(
                new ParkRequest(zygote, 2, 1, root, ResourcePool.NONE, Map.of(), output))));
    try (TestSatellite one = context.park(zygote, 1)) {
      contains("slot 1 is in use", failure(context.client.park(good)));
      if (!context.client.facts().accounts().isShared()) {
        contains(
            "account is in use",
            failure(
                context.client.park(
                    new ParkRequest(
                        zygote, 2, 1, good.account(), ResourcePool.NONE, Map.of(), output))));
      }
      one.start("os._exit(0)");
      equal(ExitReport.Cause.ITSELF, one.exited().cause());
    }
    contains(
        "too long",
        failure(
            context.client.park(
                new ParkRequest(
                    zygote,
                    2,
                    1,
                    good.account(),
                    ResourcePool.NONE,
                    Map.of("A", "x".repeat(70_000)),
                    output))));
    zygote.kill();
    var _ = get(zygote.exited());
    contains("cannot be forked", failure(context.client.park(good)));
    equal(0, context.others().size());
  }

  /// Prints the median times of a park: to the broker's answer, to the satellite's hello, to the
  /// report.
  static void cost(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    int rounds = 300;
    var micros = new long[3][rounds];
    for (int round = 0; round < rounds; round++) {
      var output = new TestSatellite.Output();
      long start = System.nanoTime();
      var satellite = get(context.client.park(context.request(zygote, 0, output)));
      long parked = System.nanoTime();
      try (var one = new TestSatellite(satellite, output)) {
        long hello = System.nanoTime();
        one.satellite.kill();
        check(one.exited().cause() == ExitReport.Cause.KILLED_ON_REQUEST, "not killed");
        long exited = System.nanoTime();
        micros[0][round] = (parked - start) / 1000;
        micros[1][round] = (hello - start) / 1000;
        micros[2][round] = (exited - hello) / 1000;
      }
    }
    for (long[] times : micros) {
      Arrays.sort(times);
    }
    context.say(
        "MEDIANS parked %d us, hello %d us, killed %d us"
            .formatted(micros[0][rounds / 2], micros[1][rounds / 2], micros[2][rounds / 2]));
  }
}
