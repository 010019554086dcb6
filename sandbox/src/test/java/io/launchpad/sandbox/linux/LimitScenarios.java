// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.contains;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;
import static io.launchpad.sandbox.linux.ScenarioContext.failure;
import static io.launchpad.sandbox.linux.ScenarioContext.get;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ExitReport.Cause;
import io.launchpad.sandbox.ExitReport.Met;
import io.launchpad.sandbox.GroupUsage;
import io.launchpad.sandbox.ResourceLimits;
import io.launchpad.sandbox.ResourcePoolSpec;
import io.launchpad.sandbox.Signals;
import io.launchpad.sandbox.Zygote;
import java.time.Duration;
import java.util.List;

/// Limits hold, are reported as what they are, and hurt nobody else.
final class LimitScenarios {

  private static final long MIB = 1 << 20;
  private static final ResourceLimits SESSION =
      new ResourceLimits(128 * MIB, 16, 0, Duration.ofSeconds(60));

  private LimitScenarios() {}

  private static ResourcePoolSpec pool(String name, ResourceLimits all, ResourceLimits session) {
    return new ResourcePoolSpec(name, all, session, "", false);
  }

  private static ResourceLimits memory(long mib) {
    return new ResourceLimits(mib * MIB, 0, 0, Duration.ZERO);
  }

  static void limits(ScenarioContext context) throws Exception {
    context.useNewPool(pool("standard", ResourceLimits.NONE, SESSION));
    Zygote zygote = context.zygote();
    try (TestSatellite neighbour = context.park(zygote, 9)) {
      memory(context, zygote);
      memoryOfAChild(context, zygote);
      memoryOfFiles(context, zygote);
      processes(context, zygote);
      cpuTime(context, zygote);
      ownEnding(context, zygote);
      atTheLease(context, zygote);
      measured(context, zygote);
      equal("unharmed", neighbour.run("answer = 'unharmed'"));
      memoryOfThePool(context, zygote);
      quota(context, zygote);
      equal("unharmed", neighbour.run("answer = 'unharmed'"));
    }
    equal("1", Integer.toString(context.others().size())); // the zygote: nobody is left in a group
  }

  private static ExitReport end(TestSatellite one, String source) throws Exception {
    one.start(source);
    return one.exited();
  }

  private static void memory(ScenarioContext context, Zygote zygote) throws Exception {
    // Twice: the second has the first one's group, with its counters set back.
    for (int round = 0; round < 2; round++) {
      try (TestSatellite one = context.park(zygote, 1)) {
        ExitReport report = end(one, "block = b'x' * (300 << 20)");
        equal(new Ending.Signalled(Signals.SIGKILL), report.ending());
        equal(Cause.LIMIT, report.cause());
        equal(Met.MEMORY, report.limits().met());
        equal(128 * MIB, report.limits().memoryLimitBytes());
        check(report.limits().memoryPeakBytes() > 120 * MIB, "peak in " + report);
      }
      try (TestSatellite one = context.park(zygote, 1)) {
        ExitReport report = end(one, "os._exit(0)");
        equal(Cause.ITSELF, report.cause());
        equal(Met.NONE, report.limits().met());
        check(report.limits().memoryPeakBytes() < 64 * MIB, "peak in " + report);
      }
    }
  }

  /// One process of the session is over the limit: all of it ends.
  private static void memoryOfAChild(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 1)) {
      ExitReport report =
          end(
              one,
              """
              if os.fork() == 0:
                  block = b'x' * (300 << 20)
              while True:
                  signal.pause()
              """);
      equal(Cause.LIMIT, report.cause());
      equal(Met.MEMORY, report.limits().met());
    }
  }

  /// Shared memory without a process that has it mapped.
  private static void memoryOfFiles(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 1)) {
      ExitReport report =
          end(
              one,
              """
              file = os.memfd_create('large')
              for _ in range(300):
                  os.write(file, b'x' * (1 << 20))
              """);
      equal(Cause.LIMIT, report.cause());
      equal(Met.MEMORY, report.limits().met());
    }
  }

  private static void processes(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 1)) {
      equal(
          "BlockingIOError after 15",
          one.run(
              """
              made = 0
              try:
                  for _ in range(100):
                      if os.fork() == 0:
                          signal.pause()
                      made += 1
              except OSError as e:
                  answer = f'{type(e).__name__} after {made}'
              """));
      ExitReport report = end(one, "os._exit(1)");
      equal(Cause.ITSELF, report.cause());
      equal(16L, report.limits().processesLimit());
      equal(1L, report.limits().processesRefused());
    }
  }

  private static void cpuTime(ScenarioContext context, Zygote zygote) throws Exception {
    for (String where : List.of("pass", "os.fork()")) {
      try (TestSatellite one = context.park(zygote, 1)) {
        get(one.satellite.limit(new ResourceLimits(0, 0, 0, Duration.ofMillis(300))));
        // While it is parked it warms itself, which is not limited and not its session's.
        equal("done", one.run(burn(0.4)));
        one.satellite.begin();
        GroupUsage usage = get(one.satellite.measure());
        check(cpu(usage).toMillis() < 200, "CPU in " + usage);
        ExitReport report = end(one, where + "\nwhile True: pass");
        equal(new Ending.Signalled(Signals.SIGKILL), report.ending());
        equal(Cause.LIMIT, report.cause());
        equal(Met.CPU_TIME, report.limits().met());
        equal(Duration.ofMillis(300), report.limits().cpuTimeLimit());
        check(report.limits().cpu().compareTo(Duration.ofMillis(300)) >= 0, "CPU in " + report);
        check(report.limits().cpu().compareTo(Duration.ofMillis(900)) < 0, "CPU in " + report);
      }
    }
  }

  private static String burn(double seconds) {
    return """
    until = time.process_time() + %s
    while time.process_time() < until: pass
    answer = 'done'
    """
        .formatted(seconds);
  }

  private static Duration cpu(GroupUsage usage) {
    return usage.userCpu().plus(usage.systemCpu());
  }

  /// What looks like a limit and is none.
  private static void ownEnding(ScenarioContext context, Zygote zygote) throws Exception {
    for (int signal : List.of(Signals.SIGABRT, Signals.SIGSEGV, Signals.SIGTERM, Signals.SIGKILL)) {
      try (TestSatellite one = context.park(zygote, 1)) {
        ExitReport report = end(one, "os.kill(os.getpid(), %d)".formatted(signal));
        equal(new Ending.Signalled(signal), report.ending());
        equal(Cause.ITSELF, report.cause());
        equal(Met.NONE, report.limits().met());
      }
    }
  }

  private static void atTheLease(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 1)) {
      get(one.satellite.limit(memory(64)));
      ExitReport report = end(one, "block = b'x' * (100 << 20)");
      equal(Met.MEMORY, report.limits().met());
      equal(64 * MIB, report.limits().memoryLimitBytes());
    }
    // The next one has its pool's again.
    try (TestSatellite one = context.park(zygote, 1)) {
      equal("100", one.run("block = b'x' * (100 << 20); answer = len(block) >> 20"));
      one.start("os._exit(0)");
      equal(128 * MIB, one.exited().limits().memoryLimitBytes());
      contains("ended", failure(one.satellite.limit(memory(64))));
    }
  }

  private static void measured(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 1)) {
      one.satellite.begin();
      equal("done", one.run("block = b'x' * (50 << 20)\n" + burn(0.2)));
      one.satellite.begin(); // only the first one counts
      GroupUsage usage = get(one.satellite.measure());
      check(cpu(usage).toMillis() >= 190, "CPU in " + usage);
      check(usage.memoryBytes() > 50 * MIB, "memory in " + usage);
      check(usage.memoryPeakBytes() >= usage.memoryBytes(), "peak in " + usage);
      equal(1L, usage.processes());
      one.start("os._exit(0)");
      var _ = one.exited();
      equal(GroupUsage.NONE, get(one.satellite.measure()));
    }
  }

  private static void memoryOfThePool(ScenarioContext context, Zygote zygote) throws Exception {
    context.useNewPool(pool("small", memory(96), ResourceLimits.NONE));
    // The second one finds what the first one made the kernel count.
    for (int i = 0; i < 2; i++) {
      try (TestSatellite one = context.park(zygote, 2)) {
        ExitReport report = end(one, "block = b'x' * (300 << 20)");
        equal(Cause.LIMIT, report.cause());
        equal(Met.POOL_MEMORY, report.limits().met());
      }
    }
    try (TestSatellite one = context.park(zygote, 2)) {
      equal(Met.NONE, end(one, "os._exit(0)").limits().met());
    }
  }

  /// No more CPU than allowed, however long it takes.
  private static void quota(ScenarioContext context, Zygote zygote) throws Exception {
    context.useNewPool(
        pool("slow", ResourceLimits.NONE, new ResourceLimits(0, 0, 200, Duration.ZERO)));
    try (TestSatellite one = context.park(zygote, 2)) {
      String used =
          one.run(
              """
              until = time.monotonic() + 1
              while time.monotonic() < until: pass
              answer = int(time.process_time() * 1000)
              """);
      check(Integer.parseInt(used) < 600, used + " ms of CPU in a second");
    }
  }

  /// On a machine, or with an option, where nothing can be limited.
  static void refused(ScenarioContext context) throws Exception {
    contains(
        "memory cannot be limited",
        failure(context.client.resourcePool(pool("a", ResourceLimits.NONE, memory(64)))));
    contains(
        "processes cannot be limited",
        failure(
            context.client.resourcePool(
                pool("a", new ResourceLimits(0, 5, 0, Duration.ZERO), ResourceLimits.NONE))));
    contains(
        "some CPUs",
        failure(
            context.client.resourcePool(
                new ResourcePoolSpec("a", ResourceLimits.NONE, ResourceLimits.NONE, "0", false))));
    // One without limits is no lie.
    context.useNewPool(pool("a", ResourceLimits.NONE, ResourceLimits.NONE));
    try (TestSatellite one = context.park(context.zygote(), 1)) {
      equal("runs", one.run("answer = 'runs'"));
    }
  }

  /// Version 2, wherever there is one: satellites are in a group of their own, from the first
  /// moment.
  static void groups(ScenarioContext context) throws Exception {
    context.useNewPool(pool("standard", ResourceLimits.NONE, ResourceLimits.NONE));
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1);
        TestSatellite two = context.park(zygote, 2)) {
      String read = "answer = open('/proc/self/cgroup').read()";
      contains("/standard/1\n", one.run(read));
      contains("/standard/2\n", two.run(read));
      String threads =
          """
          import threading
          answer = ''
          def say():
              global answer
              answer = str(threading.get_native_id() != os.getpid())
          thread = threading.Thread(target=say)
          thread.start()
          thread.join()
          if os.fork() == 0:
              os._exit(7)
          answer += str(os.waitstatus_to_exitcode(os.wait()[1]))
          """;
      equal("True7", one.run(threads));
      // Locks shared with other processes are given up when it dies: the kernel knows where they
      // are.
      equal(
          "True",
          one.run(
              """
              locks, size = ctypes.c_void_p(), ctypes.c_size_t()
              get_robust_list = 274
              kernel = ctypes.CDLL(None).syscall
              failed = kernel(get_robust_list, 0, ctypes.byref(locks), ctypes.byref(size))
              answer = not failed and bool(locks.value)
              """));
      equal("abort 6", "abort " + ((Ending.Signalled) end(two, "os.abort()").ending()).signal());
    }
    // Others may have this slot, and the groups before it are gone.
    try (TestSatellite one = context.park(zygote, 1)) {
      contains("/standard/3\n", one.run("answer = open('/proc/self/cgroup').read()"));
    }
  }
}
