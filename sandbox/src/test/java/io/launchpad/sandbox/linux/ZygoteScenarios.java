// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.contains;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;
import static io.launchpad.sandbox.linux.ScenarioContext.failure;
import static io.launchpad.sandbox.linux.ScenarioContext.get;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.SandboxFacts;
import io.launchpad.sandbox.Signals;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import io.launchpad.sandbox.ZygoteSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Zygotes that cannot start, that end, and that break the rules.
final class ZygoteScenarios {

  /// What test_zygote.py takes when it is to be large.
  private static final long LARGE = 64 << 20;

  private ZygoteScenarios() {}

  /// Why it did not start is in the exception.
  static void failures(ScenarioContext context) throws Exception {
    contains(
        "exited with status 1\nTraceback",
        failure(context.client.startZygote(context.spec("import-error"))));
    contains(
        "no module named broken",
        failure(context.client.startZygote(context.spec("import-error"))));
    contains(
        "the zygote has more than one thread: python3 ",
        failure(context.client.startZygote(context.spec("thread"))));
    contains(
        "it was not ready in time",
        failure(context.client.startZygote(context.spec(Duration.ofMillis(300), "slow"))));
    var missing =
        new ZygoteSpec(
            "missing",
            ZygoteSpec.Satellites.FORKED,
            List.of("/no/such/python"),
            Map.of(),
            context.policy(List.of()),
            Duration.ofSeconds(5));
    contains("/no/such/python: No such file", failure(context.client.startZygote(missing)));
    equal(0, context.others().size());

    Zygote late = context.zygote("late-thread");
    String refusal =
        failure(context.client.park(context.request(late, 1, new TestSatellite.Output())));
    contains("the zygote has more than one thread: python3 ", refusal);
    // It lives on, and the slot and its account are free.
    contains(
        "more than one thread",
        failure(context.client.park(context.request(late, 1, new TestSatellite.Output()))));
  }

  static void retire(ScenarioContext context) throws Exception {
    Zygote old = context.zygote();
    Zygote young = context.zygote();
    try (TestSatellite one = context.park(old, 1)) {
      old.retire();
      contains(
          "cannot be forked",
          failure(context.client.park(context.request(old, 2, new TestSatellite.Output()))));
      equal("alive", one.run("answer = 'alive'"));
      one.start("os._exit(0)");
      equal(new Ending.Exited(0), one.exited().ending());
    }
    equal(new Ending.Exited(0), get(old.exited()).ending());
    try (TestSatellite one = context.park(young, 1)) {
      equal("alive", one.run("answer = 'alive'"));
    }
  }

  /// One that ends and leaves a process that writes on is reported, and what it left is ended.
  static void writer(ScenarioContext context) throws Exception {
    Zygote good = context.zygote();
    try (TestSatellite one = context.park(good, 1)) {
      var before = context.others();
      Zygote left = context.zygote("writer");
      ZygoteExit exit = get(left.exited());
      equal(new Ending.Exited(0), exit.ending());
      equal(before, context.others());
      equal("alive", one.run("answer = 'alive'"));
    }
  }

  /// With what rights and descriptors it runs what users have installed.
  static void privileges(ScenarioContext context) throws Exception {
    var facts = context.client.facts();
    boolean namespaces = facts.lifetime() == SandboxFacts.Lifetime.NAMESPACES;
    try (TestSatellite one = context.park(context.zygote(), 1)) {
      String status = one.run("answer = at_first['status']");
      // CAP_KILL, CAP_SETGID, CAP_SETUID, and in a user namespace CAP_SETPCAP and CAP_SYS_ADMIN
      // too.
      String kept = facts.accounts().isShared() ? "0" : "e0";
      String capabilities = "%16s".formatted(namespaces ? "2001e0" : kept).replace(' ', '0');
      for (String set : List.of("CapPrm", "CapEff")) {
        contains(set + ":\t" + capabilities, status);
      }
      contains("NoNewPrivs:\t1", status);
      contains("Seccomp:\t" + (facts.confines() ? 2 : 0), status);
      equal(
          "0 null, 1 pipe, 2 pipe, 3 socket, 4 launchpad-init"
              + (facts.confines() ? ", 5 memfd" : ""),
          one.run("answer = at_first['descriptors']"));
      if (namespaces) {
        check(!one.run("answer = at_first['uids']").startsWith("[0"), "it can be the host's root");
      }
    }
  }

  /// What it keeps for itself is told while it lives.
  static void memory(ScenarioContext context) throws Exception {
    Zygote small = context.zygote();
    Zygote large = context.zygote("large");
    long least = get(small.memory());
    check(least > 1 << 20, "a small zygote has " + least);
    check(least < LARGE, "a small zygote has " + least);
    long most = get(large.memory());
    check(most > LARGE && most < 2 * LARGE, "a large zygote has " + most);
    large.kill();
    get(large.exited());
    equal(0L, get(large.memory()));
    check(Math.abs(least - get(small.memory())) < 1 << 20, "an idle zygote changes");
  }

  /// One that breaks the rules is killed; its neighbours are not touched.
  static void violations(ScenarioContext context) throws Exception {
    Zygote good = context.zygote();
    try (TestSatellite one = context.park(good, 1)) {
      for (String fault : List.of("garbage", "forged-fork")) {
        Zygote bad = context.zygote(fault);
        contains(
            "no satellite could be parked",
            failure(context.client.park(context.request(bad, 2, new TestSatellite.Output()))));
        ZygoteExit exit = get(bad.exited());
        equal(new Ending.Signalled(Signals.SIGKILL), exit.ending());
        contains("it ", exit.reason());
      }
      Zygote deaf = context.zygote("deaf");
      var parking = context.client.park(context.request(deaf, 2, new TestSatellite.Output()));
      deaf.kill();
      contains("no satellite could be parked", failure(parking));
      equal("alive", one.run("answer = 'alive'"));
    }
  }
}
