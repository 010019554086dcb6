// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;

import io.launchpad.sandbox.Ending;
import io.launchpad.sandbox.ExitReport;
import io.launchpad.sandbox.ExitReport.Cause;
import io.launchpad.sandbox.Signals;
import io.launchpad.sandbox.Zygote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// How a satellite ended is reported as it was, and nothing of it is left.
final class EndingScenarios {

  private EndingScenarios() {}

  static void endings(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    ending(context, zygote, "os._exit(0)", new Ending.Exited(0));
    ending(context, zygote, "os._exit(77)", new Ending.Exited(77));
    ending(context, zygote, "sys.exit(5)", new Ending.Exited(5));
    ending(context, zygote, "1/0", new Ending.Exited(1));
    ending(context, zygote, "os.abort()", new Ending.Signalled(Signals.SIGABRT));
    ending(context, zygote, "ctypes.string_at(0)", new Ending.Signalled(Signals.SIGSEGV));
    ending(context, zygote, "os.kill(os.getpid(), 9)", new Ending.Signalled(Signals.SIGKILL));
    ending(context, zygote, "os.kill(os.getpid(), 15)", new Ending.Signalled(Signals.SIGTERM));
    ending(context, zygote, "os.execv('/bin/sh', ['sh', '-c', 'exit 9'])", new Ending.Exited(9));
    killed(context, zygote);
    interrupted(context, zygote);
    counted(context, zygote);
  }

  private static void ending(ScenarioContext context, Zygote zygote, String source, Ending expected)
      throws Exception {
    try (TestSatellite one = context.park(zygote, 3)) {
      one.start(source);
      ExitReport report = one.exited();
      equal(expected, report.ending());
      equal(Cause.ITSELF, report.cause());
      equal(one.satellite.generation(), report.generation());
    }
  }

  private static void killed(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 3)) {
      equal(
          "deaf",
          one.run("[signal.signal(s, signal.SIG_IGN) for s in (1, 2, 3, 15)]; answer = 'deaf'"));
      one.satellite.kill();
      equal(new Ending.Signalled(Signals.SIGKILL), one.exited().ending());
      equal(Cause.KILLED_ON_REQUEST, one.exited().cause());
      // Nothing happens any more.
      one.satellite.kill();
      one.satellite.interrupt();
    }
  }

  private static void interrupted(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 3)) {
      one.start("data.sendall(b'x')\nwhile True: time.sleep(0.01)");
      var _ = one.data.read(1);
      one.satellite.interrupt();
      equal("interrupted", one.control.readText());
      equal("alive", one.run("answer = 'alive'"));
    }
  }

  /// The figures are the kernel's, of all descendants.
  private static void counted(ScenarioContext context, Zygote zygote) throws Exception {
    try (TestSatellite one = context.park(zygote, 3)) {
      one.start(
          """
          if os.fork() == 0:
              block = b'x' * (64 << 20)
              until = time.process_time() + 0.3
              while time.process_time() < until: pass
              os._exit(0)
          os.wait()
          os._exit(0)
          """);
      ExitReport.Usage usage = one.exited().usage();
      Duration cpu = usage.userCpu().plus(usage.systemCpu());
      check(cpu.toMillis() >= 300, "CPU " + cpu);
      check(usage.peakResidentBytes() >= 64 << 20, "peak " + usage.peakResidentBytes());
      check(usage.minorFaults() > 0, "faults " + usage.minorFaults());
    }
  }

  /// Daemons that ignore signals, in sessions of their own, with nothing that ties them to the
  /// satellite.
  static void leftovers(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    Set<ProcessHandle> before = context.others();
    String daemons =
        """
        for _ in range(5):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    for s in range(1, 32):
                        try: signal.signal(s, signal.SIG_IGN)
                        except (OSError, ValueError): pass
                    for fd in range(5): os.close(fd)
                    while True: signal.pause()
                os._exit(0)
        for _ in range(5): os.wait()
        """;
    for (String end : new String[] {"os._exit(1)", "os.abort()", "signal.pause()"}) {
      TestSatellite one = context.park(zygote, 5);
      equal("made", one.run(daemons + "answer = 'made'"));
      // Init, satellite and daemons.
      equal(before.size() + 7, context.others().size());
      one.start(end);
      if (end.startsWith("signal")) {
        one.satellite.kill();
      }
      var _ = one.exited();
      one.output.awaitClosed();
      equal(before, context.others());
      one.close();
    }
  }

  /// The private folder goes with all that is in it, however much that is.
  static void folder(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 5)) {
      Path folder = Path.of(one.run("answer = os.getcwd()"));
      check(Files.isDirectory(folder), "no folder " + folder);
      equal(
          "made",
          one.run(
              """
              for i in range(3000): open(f'file{i}', 'w').close()
              for i in range(200): os.mkdir('d'); os.chdir('d'); open('f', 'w').close()
              os.mkdir('shut', 0)
              os.chdir(os.environ['HOME'])
              os.symlink('/etc', 'link')
              os.mkfifo('fifo')
              answer = 'made'
              """));
      one.start("os._exit(0)");
      var _ = one.exited();
      check(!Files.exists(folder), "still there: " + folder);
      check(Files.exists(Path.of("/etc/passwd")), "a link was followed");
    }
  }
}
