// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.linux;

import static io.launchpad.sandbox.linux.ScenarioContext.check;
import static io.launchpad.sandbox.linux.ScenarioContext.contains;
import static io.launchpad.sandbox.linux.ScenarioContext.equal;
import static io.launchpad.sandbox.linux.ScenarioContext.failure;
import static io.launchpad.sandbox.linux.ScenarioContext.get;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteSpec;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a confined satellite finds, one mechanism after the other.
final class ConfinementScenarios {

  /// The error's name, or `done`.
  private static final String ATTEMPT =
      """
      import errno, socket
      def attempt(call, *arguments, **named):
          try:
              call(*arguments, **named)
              return 'done'
          except OSError as e:
              return errno.errorcode[e.errno]
      """;

  private ConfinementScenarios() {}

  private static String attempt(TestSatellite one, String call) throws Exception {
    return one.run(ATTEMPT + "answer = attempt(" + call + ")");
  }

  /// Account, capabilities, namespaces, descriptors and limits, from park on.
  static void place(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 4)) {
      int uid = context.client.facts().accounts().account(4).uid();
      equal("%1$d %1$d %1$d".formatted(uid), one.run("answer = '%d %d %d' % os.getresuid()"));
      equal("[]", one.run("answer = os.getgroups()"));
      equal("launchpad05", one.run("import pwd; answer = pwd.getpwuid(os.getuid()).pw_name"));
      String status = one.run("answer = open('/proc/self/status').read()");
      for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
        contains(set + ":\t0000000000000000", status);
      }
      contains("NoNewPrivs:\t1", status);
      contains("Seccomp:\t2", status);
      contains("SigBlk:\t0000000000000000", status);
      equal(
          "0 1 2 3 4",
          one.run(
              "answer = ' '.join(n for n in sorted(os.listdir('/proc/self/fd')) if os.path.exists('/proc/self/fd/' + n))"));
      equal(
          "/session/work /session/work /session/tmp",
          one.run("answer = ' '.join((os.getcwd(), os.environ['HOME'], os.environ['TMPDIR']))"));
      equal("0o700", one.run("answer = oct(os.stat('.').st_mode & 0o777)"));
      equal("session", one.run("answer = os.uname().nodename"));
      equal("2 1", one.run("answer = f'{os.getpid()} {os.getppid()}'"));
      equal(
          "0 4096",
          one.run(
              "import resource as r; answer = f'{r.getrlimit(r.RLIMIT_CORE)[1]} {r.getrlimit(r.RLIMIT_NOFILE)[1]}'"));
      namespacesAreItsOwn(context, one);
    }
  }

  private static void namespacesAreItsOwn(ScenarioContext context, TestSatellite one)
      throws Exception {
    var names = List.of("user", "mnt", "pid", "net", "ipc", "uts", "cgroup");
    Set<String> inside =
        names.stream()
            .map(name -> {
              try {
                return one.run("answer = os.readlink('/proc/self/ns/" + name + "')");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
            .collect(Collectors.toSet());
    equal(names.size(), inside.size());
    for (String name : names) {
      String host = Files.readSymbolicLink(Path.of("/proc/self/ns/" + name)).toString();
      check(!inside.contains(host), "it shares the host's " + host);
    }
    check(context.client.facts().confines(), "nothing is confined");
  }

  /// Of the host it sees what the policy and the runtime name, and changes nothing.
  static void rootFolder(ScenarioContext context) throws Exception {
    Path shown = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-shown-");
    Path hidden = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-hidden-");
    try {
      Files.setPosixFilePermissions(shown, PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.writeString(shown.resolve("file"), "shown");
      Zygote zygote = get(context.client.startZygote(context.specThatReads(shown)));
      try (TestSatellite one = context.park(zygote, 1)) {
        equal("shown", one.run("answer = open('%s/file').read()".formatted(shown)));
        equal("EROFS", attempt(one, "open, '%s/new', 'w'".formatted(shown)));
        equal("ENOENT", attempt(one, "os.listdir, '%s'".formatted(hidden)));
        for (String path :
            List.of(
                "/etc/shadow",
                "/root",
                "/home",
                "/sys/kernel",
                "/run",
                "/dev/kvm",
                "/proc/sys",
                "/proc/kcore")) {
          equal("ENOENT", attempt(one, "os.stat, '" + path + "'"));
        }
        for (String path : List.of("/usr/new", "/new", "/etc/new", "/dev/new", "/launchpad/new")) {
          String refused = attempt(one, "open, '" + path + "', 'w'");
          check(refused.equals("EROFS") || refused.equals("EACCES"), path + ": " + refused);
        }
        equal(
            "['full', 'null', 'random', 'urandom', 'zero']",
            one.run(
                "answer = sorted(n for n in os.listdir('/dev') if not os.path.islink('/dev/' + n))"));
        equal("ok", one.run("open('/dev/null', 'w').write('x'); answer = 'ok'"));
      }
    } finally {
      Files.delete(shown.resolve("file"));
      Files.delete(shown);
      Files.delete(hidden);
    }
  }

  /// It may write as much as its scratch folder holds, /tmp and /dev/shm included.
  static void scratch(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1)) {
      equal(
          "ok",
          one.run(
              "open('/tmp/a', 'w').write('x'); open('/dev/shm/b', 'w').write('x'); answer = 'ok'"));
      equal(
          "['/session/tmp/a', '/session/shm/b']",
          one.run("answer = [os.path.realpath(p) for p in ('/tmp/a', '/dev/shm/b')]"));
      equal(
          "ENOSPC",
          attempt(
              one,
              "lambda: open('large', 'wb').write(bytes(%d))"
                  .formatted(ScenarioContext.SCRATCH.bytes() + 1)));
      equal("ok", one.run("os.truncate('large', 0); answer = 'ok'"));
      equal(
          "ENOSPC",
          attempt(
              one,
              "lambda: [open('/tmp/%%d' %% i, 'w').close() for i in range(%d)]"
                  .formatted(ScenarioContext.SCRATCH.files())));
    }
    try (TestSatellite one = context.park(zygote, 1)) {
      equal(
          "[]", one.run("answer = os.listdir('.') + os.listdir('/tmp') + os.listdir('/dev/shm')"));
    }
  }

  /// The filter and Landlock are there; native tests have the list.
  static void calls(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1)) {
      equal("EAFNOSUPPORT", attempt(one, "socket.socket, socket.AF_INET"));
      equal("done", attempt(one, "socket.socketpair"));
      equal("EPERM", attempt(one, "os.kill, 1, 9"));
      equal("EINVAL", attempt(one, "os.setuid, 0")); // there is no uid 0 inside
      equal("EPERM", attempt(one, "os.mknod, 'device', 0o20666, os.makedev(1, 1)"));
      equal("done", attempt(one, "os.mkfifo, 'fifo'"));
      equal(
          "-1 1",
          one.run(
              "c = ctypes.CDLL(None, use_errno=True); answer = f\"{c.unshare(0x10000000)} {ctypes.get_errno()}\""));
    }
  }

  /// What programs ask about the machine has an answer, in Python and in what it starts.
  static void machine(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1)) {
      for (String name :
          List.of("meminfo", "cpuinfo", "stat", "loadavg", "uptime", "version", "vmstat")) {
        String path = "/proc/" + name;
        String read = one.run("answer = open('%s').read()".formatted(path));
        check(!read.isEmpty(), path);
        equal(
            read,
            one.run("answer = subprocess.check_output(['cat', '%s'], text=True)".formatted(path)));
      }
      equal("True", one.run("answer = os.path.exists('/proc/meminfo')"));
      equal(
          "True",
          one.run("answer = open('/proc/mounts').read() == open('/proc/self/mounts').read()"));
      equal(
          "True",
          one.run(
              "answer = subprocess.check_output(['nproc']) == b'%d\\n' % len(os.sched_getaffinity(0))"));
      equal("ENOENT", attempt(one, "open, '/proc/kallsyms'"));
      equal("EROFS", attempt(one, "open, '/proc/meminfo', 'w'"));
    }
  }

  /// It connects to the socket that its runtime names, and to no other beside it.
  static void sockets(ScenarioContext context) throws Exception {
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-sockets-");
    Path named = folder.resolve("named");
    Path other = folder.resolve("other");
    try (var server = listen(named);
        var _ = listen(other)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      var good = context.spec();
      var policy =
          new SandboxPolicy(
              new SandboxPolicy.Confinement.Full(
                  "python", ScenarioContext.SCRATCH, context.scriptFolder(), List.of(named)));
      Zygote zygote = get(context.client.startZygote(with(good, policy)));
      try (TestSatellite one = context.park(zygote, 1)) {
        equal("done", attempt(one, "socket.socket(socket.AF_UNIX).connect, '%s'".formatted(named)));
        server.accept().close();
        equal(
            "ENOENT", attempt(one, "socket.socket(socket.AF_UNIX).connect, '%s'".formatted(other)));
      }
      contains(
          "ocket operation on non-socket",
          failure(context.client.startZygote(with(good, shown(context, List.of(), folder)))));
      // In a folder that is shown, a socket is shown by name or not at all.
      contains(
          other + ": every script could connect",
          failure(context.client.startZygote(with(good, shown(context, List.of(folder), named)))));
      contains(
          other + ": every script could connect",
          failure(context.client.startZygote(with(good, shown(context, List.of(other))))));
      contains(
          "/run: services have their sockets here",
          failure(
              context.client.startZygote(with(good, shown(context, List.of(Path.of("/run")))))));
      Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwxr-xr-x"));
      Zygote both =
          get(context.client.startZygote(with(good, shown(context, List.of(folder), named))));
      try (TestSatellite one = context.park(both, 1)) {
        equal("done", attempt(one, "socket.socket(socket.AF_UNIX).connect, '%s'".formatted(named)));
        server.accept().close();
        equal(
            "EACCES", attempt(one, "socket.socket(socket.AF_UNIX).connect, '%s'".formatted(other)));
      }
    } finally {
      Files.deleteIfExists(named);
      Files.deleteIfExists(other);
      Files.deleteIfExists(folder);
    }
  }

  private static SandboxPolicy shown(
      ScenarioContext context, List<Path> readable, Path... sockets) {
    var all = new ArrayList<>(context.scriptFolder());
    all.addAll(readable);
    return new SandboxPolicy(
        new SandboxPolicy.Confinement.Full(
            "python", ScenarioContext.SCRATCH, all, List.of(sockets)));
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    return server;
  }

  /// Two satellites of one zygote share nothing that either can reach.
  static void neighbours(ScenarioContext context) throws Exception {
    Zygote zygote = context.zygote();
    try (TestSatellite one = context.park(zygote, 1);
        TestSatellite other = context.park(zygote, 2)) {
      equal(
          "ok",
          one.run(
              "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0abstract'); s.listen(); open('/tmp/x', 'w').close(); answer = 'ok'"));
      equal("ECONNREFUSED", attempt(other, "socket.socket(socket.AF_UNIX).connect, '\\0abstract'"));
      equal("[]", other.run("answer = os.listdir('/tmp')"));
      equal("['2']", other.run("answer = [n for n in os.listdir('/proc') if n.isdigit()]"));
      equal(
          one.run("answer = os.readlink('/proc/self/ns/user')"),
          other.run("answer = os.readlink('/proc/self/ns/user')"));
      for (String name : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup")) {
        String source = "answer = os.readlink('/proc/self/ns/" + name + "')";
        check(!one.run(source).equals(other.run(source)), "they share " + name);
      }
    }
  }

  /// A zygote is refused that is not confined as the broker was told to, or by what is not there.
  static void policies(ScenarioContext context) throws Exception {
    var good = context.spec();
    contains(
        "was started with --sandbox full",
        failure(context.client.startZygote(with(good, SandboxPolicy.NONE))));
    String own = "this path is the sandbox's own inside";
    refused(context, Path.of("/nowhere"), "No such file or directory");
    for (String path : List.of("/tmp/x", "/proc/1", "/dev", "/sys/kernel", "/session")) {
      refused(context, Path.of(path), own);
    }
    for (String path : List.of("/usr/../etc", "/srv/..", "/srv/.", "/..", "/./usr", "/")) {
      refused(context, Path.of(path), "Invalid argument");
    }
    Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "launchpad-links-");
    try {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String target : List.of("/", "/proc/1", "/tmp", "../../../dev")) {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of(target));
        refused(context, link, own);
        Files.delete(link);
      }
      // Into /proc, and from there by what is not a path.
      Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/self/root/usr"));
      refused(context, link, "Too many levels of symbolic links");
      Files.delete(link);
    } finally {
      Files.delete(folder);
    }
    equal(0, context.others().size());
  }

  private static void refused(ScenarioContext context, Path path, String why) throws Exception {
    var policy = SandboxPolicy.full("python", ScenarioContext.SCRATCH, List.of(path));
    contains(
        "the confined root folder: " + path + ": " + why,
        failure(context.client.startZygote(with(context.spec(), policy))));
  }

  private static ZygoteSpec with(ZygoteSpec spec, SandboxPolicy policy) {
    return new ZygoteSpec(
        spec.runtime(),
        spec.satellites(),
        spec.command(),
        spec.environment(),
        policy,
        spec.startTimeout());
  }
}
