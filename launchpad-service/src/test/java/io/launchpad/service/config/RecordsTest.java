// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.sandbox.SandboxPolicy.Scratch;
import io.launchpad.service.config.AccountsConfig.Uids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// For each record: what it holds when nothing is said, and that each key reaches its component.
class RecordsTest {
  /// How much a session may write when nothing is said.
  private static final Scratch SCRATCH = new Scratch(1 << 30, 65_536);

  @Nested
  class Listener {
    @Test
    void defaults() {
      var unix =
          new ListenerConfig.Unix(Path.of("/run/launchpad/socket"), "0600", Optional.empty());
      assertEquals(
          new ListenerConfig(Optional.of(unix), Optional.empty(), Optional.empty(), 256),
          Configs.minimalAnd().listener());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd(
              "listener.unix.mode = 0660",
              "listener.unix.group = sql",
              "listener.tcp.address = 127.0.0.1:7001",
              "listener.tls.address = 0.0.0.0:7002",
              "listener.tls.certificate = /etc/launchpad/tls.crt",
              "listener.tls.key = /etc/launchpad/tls.key",
              "listener.tls.client-ca = /etc/launchpad/ca.crt",
              "listener.connections-max = 12");
      assertEquals(
          new ListenerConfig(
              Optional.of(
                  new ListenerConfig.Unix(
                      Path.of("/run/launchpad/socket"), "0660", Optional.of("sql"))),
              Optional.of(Configs.address("127.0.0.1", 7001)),
              Optional.of(
                  new ListenerConfig.Tls(
                      Configs.address("0.0.0.0", 7002),
                      Path.of("/etc/launchpad/tls.crt"),
                      Path.of("/etc/launchpad/tls.key"),
                      Optional.of(Path.of("/etc/launchpad/ca.crt")))),
              12),
          config.listener());
    }
  }

  @Nested
  class Engine {
    @Test
    void defaults() {
      var any = List.of("*");
      assertEquals(
          List.of(
              new EngineConfig(
                  "local",
                  List.of(1000),
                  Optional.empty(),
                  List.of(),
                  any,
                  any,
                  any,
                  64,
                  DataSize.mib(480))),
          Configs.minimalAnd().engines());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.parse(
              List.of(
                  "listener.unix.path = /run/launchpad/socket",
                  "runtime.python.language = python",
                  "runtime.python.interpreter = /usr/bin/python3",
                  "engine.w.peer-uids = 7, 8",
                  "engine.w.certificate-subject = CN=w,O=Example",
                  "engine.w.secret-env = NEW",
                  "engine.w.previous-secret-env = OLD",
                  "engine.w.languages = python, R",
                  "engine.w.runtimes = python*",
                  "engine.w.principals = finance/*",
                  "engine.w.connections-max = 3",
                  "engine.w.transit-memory = 4MiB"),
              Map.of("NEW", "0123456789abcdef", "OLD", "fedcba9876543210"));
      assertEquals(
          List.of(
              new EngineConfig(
                  "w",
                  List.of(7, 8),
                  Optional.of("CN=w,O=Example"),
                  List.of(Configs.secret("0123456789abcdef"), Configs.secret("fedcba9876543210")),
                  List.of("python", "R"),
                  List.of("python*"),
                  List.of("finance/*"),
                  3,
                  DataSize.mib(4))),
          config.engines());
    }
  }

  @Nested
  class Pool {
    @Test
    void defaults() {
      assertEquals(
          new PoolSettings(
              32,
              16,
              1000,
              250,
              Duration.ofSeconds(30),
              16,
              4,
              Duration.ofSeconds(30),
              Duration.ofMinutes(30),
              DataSize.mib(256)),
          Configs.minimalAnd().pool());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd(
              "pool.sessions-max = 1",
              "pool.sessions-per-identity-max = 2",
              "pool.queue-max = 3",
              "pool.queue-per-identity-max = 4",
              "pool.queue-wait = 5s",
              "pool.parked-max = 6",
              "pool.starting-max = 7",
              "pool.start-timeout = 8s",
              "pool.idle-timeout = 9m",
              "pool.memory-min = 10MiB");
      assertEquals(
          new PoolSettings(
              1,
              2,
              3,
              4,
              Duration.ofSeconds(5),
              6,
              7,
              Duration.ofSeconds(8),
              Duration.ofMinutes(9),
              DataSize.mib(10)),
          config.pool());
    }
  }

  @Nested
  class Accounts {
    @Test
    void defaults() {
      assertEquals(
          new AccountsConfig("launchpad", new Uids.Own(), 64), Configs.minimalAnd().accounts());
    }

    @Test
    void uids_areANumberOrAWord() {
      assertEquals(
          new Uids.Any(), Configs.minimalAnd("accounts.uid-first = any").accounts().uids());
      assertEquals(
          new Uids.Own(), Configs.minimalAnd("accounts.uid-first = own").accounts().uids());
      for (String wrong : List.of("999", "2147483647", "some")) {
        assertEquals(1, Configs.problems("accounts.uid-first = " + wrong).size(), wrong);
      }
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd(
              "accounts.prefix = worker", "accounts.uid-first = 300000", "accounts.count = 40");
      assertEquals(new AccountsConfig("worker", new Uids.From(300_000), 40), config.accounts());
    }
  }

  @Nested
  class InterpreterRuntime {
    @Test
    void defaults() {
      assertEquals(
          List.of(
              new RuntimeConfig(
                  "python",
                  "python",
                  RuntimeConfig.Start.FORK,
                  Path.of("/usr/bin/python3"),
                  Optional.empty(),
                  List.of("pandas", "pyarrow"),
                  Map.of(),
                  false,
                  2,
                  4,
                  new RuntimeSandbox(List.of(), List.of(), SCRATCH))),
          Configs.minimalAnd().runtimes());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd(
              "runtime.python.default = true",
              "runtime.ml.language = python",
              "runtime.ml.interpreter = /opt/ml/bin/python",
              "runtime.ml.start = exec",
              "runtime.ml.library = /opt/ml/lib",
              "runtime.ml.imports = pandas, sklearn",
              "runtime.ml.environment.OMP_NUM_THREADS = 2",
              "runtime.ml.default = false",
              "runtime.ml.parked-min = 2",
              "runtime.ml.parked-max = 3",
              "runtime.ml.readable = /srv/models, /opt/data",
              "runtime.ml.sockets = /run/postgresql/.s.PGSQL.5432",
              "runtime.ml.scratch-size = 3GiB",
              "runtime.ml.scratch-files = 9999");
      assertEquals(
          new RuntimeConfig(
              "ml",
              "python",
              RuntimeConfig.Start.EXEC,
              Path.of("/opt/ml/bin/python"),
              Optional.of(Path.of("/opt/ml/lib")),
              List.of("pandas", "sklearn"),
              Map.of("OMP_NUM_THREADS", "2"),
              false,
              2,
              3,
              new RuntimeSandbox(
                  List.of(Path.of("/srv/models"), Path.of("/opt/data")),
                  List.of(Path.of("/run/postgresql/.s.PGSQL.5432")),
                  new Scratch(3L << 30, 9999))),
          config.runtimes().getFirst());
    }
  }

  @Nested
  class JavaRuntime {
    private static RuntimeConfig java(String... more) {
      var lines = new java.util.ArrayList<>(List.of(more));
      lines.add("runtime.jvm.language = Java");
      lines.add("runtime.jvm.interpreter = /opt/jdk/bin/java");
      return Configs.minimalAnd(lines.toArray(String[]::new)).runtimes().getFirst();
    }

    @Test
    void defaults() {
      RuntimeConfig runtime = java();
      assertEquals(RuntimeConfig.Start.EXEC, runtime.start());
      assertEquals(List.of(), runtime.imports());
      assertEquals(
          Map.of("LAUNCHPAD_JAVA_CODE", "classes,source", "LAUNCHPAD_JAVA_COMPILE_TIME", "10000"),
          runtime.environment());
    }

    @Test
    void explicitPropertyMappings() {
      RuntimeConfig runtime =
          java(
              "runtime.jvm.code = classes, jars",
              "runtime.jvm.compile-time = 3s",
              "runtime.jvm.environment.A = b");
      assertEquals(
          Map.of(
              "LAUNCHPAD_JAVA_CODE",
              "classes,jars",
              "LAUNCHPAD_JAVA_COMPILE_TIME",
              "3000",
              "A",
              "b"),
          runtime.environment());
    }

    @Test
    void kindOfCodeThatIsUnknown_isAProblem() {
      var problems = assertThrows(ConfigException.class, () -> java("runtime.jvm.code = binaries"));
      assertTrue(
          problems.toString().contains("'binaries' is none of classes, source, jars"),
          problems.toString());
    }
  }

  @Nested
  class Zygotes {
    @Test
    void explicitPropertyMappings() {
      ZygoteSettings settings =
          Configs.minimalAnd(
                  "zygote.check-interval = 3s",
                  "zygote.growth-max = 5MiB",
                  "zygote.age-max = unlimited",
                  "zygote.forks-max = 7")
              .zygotes();
      assertEquals(Duration.ofSeconds(3), settings.checkInterval());
      assertEquals(Optional.of(DataSize.mib(5)), settings.growthMax().value());
      assertEquals(Optional.empty(), settings.ageMax().value());
      assertEquals(Optional.of(7L), settings.forksMax().value());
    }
  }

  @Nested
  class Launcher {
    @Test
    void defaults() {
      assertEquals(
          new LauncherConfig(
              Path.of("/usr/lib/launchpad/satellites/python"),
              Path.of("/usr/lib/launchpad/runtimes/r/library"),
              Path.of("/usr/lib/launchpad/satellites/java")),
          Configs.minimalAnd().launcher());
    }

    @Test
    void explicitPropertyMappings() {
      assertEquals(
          new LauncherConfig(
              Path.of("/opt/satellites"),
              Path.of("/usr/lib/launchpad/runtimes/r/library"),
              Path.of("/opt/java")),
          Configs.minimalAnd(
                  "launcher.python.library = /opt/satellites", "launcher.java.library = /opt/java")
              .launcher());
    }
  }

  @Nested
  class ResourcePool {
    @Test
    void defaults() {
      var pool = Configs.minimalAnd().resourcePools().getFirst();
      assertEquals("default", pool.name());
      assertEquals(10_000, pool.sessionsMax());
      assertEquals(Optional.of(DataSize.gib(4)), pool.session().memory().value());
      assertEquals(Optional.of(512L), pool.session().processes().value());
      assertEquals(
          List.of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
          List.of(
              pool.all().memory().value(),
              pool.session().cpus().value(),
              pool.time().cpuTime().value(),
              pool.time().deadline().value()));
      assertEquals("", pool.cpuList());
    }

    @Test
    void explicitPropertyMappings() {
      var pool =
          Configs.minimalAnd(
                  "resource-pool.night.sessions-max = 2",
                  "resource-pool.night.memory = 8GiB",
                  "resource-pool.night.processes = 1000",
                  "resource-pool.night.cpus = 1.5",
                  "resource-pool.night.cpu-list = 0-3,6",
                  "resource-pool.night.session-memory = unlimited",
                  "resource-pool.night.session-processes = 64",
                  "resource-pool.night.session-cpus = 0.25",
                  "resource-pool.night.session-cpu-time = 10m",
                  "resource-pool.night.session-deadline = 2h")
              .resourcePools()
              .getLast();
      assertEquals(
          new ResourcePoolSettings(
              "night",
              2,
              new ResourcePoolSettings.Shares(
                  limit("memory", Optional.of(DataSize.gib(8))),
                  limit("processes", Optional.of(1000L)),
                  limit("cpus", Optional.of(new CpuShare(1500)))),
              new ResourcePoolSettings.Shares(
                  limit("session-memory", Optional.empty()),
                  limit("session-processes", Optional.of(64L)),
                  limit("session-cpus", Optional.of(new CpuShare(250)))),
              new ResourcePoolSettings.SessionTime(
                  limit("session-cpu-time", Optional.of(Duration.ofMinutes(10))),
                  limit("session-deadline", Optional.of(Duration.ofHours(2)))),
              "0-3,6"),
          pool);
    }

    private static <T> ResourcePoolSettings.Limit<T> limit(String key, Optional<T> value) {
      return new ResourcePoolSettings.Limit<>("resource-pool.night." + key, value, false);
    }

    @Test
    void mistakes_areNamed() {
      for (String mistake :
          List.of(
              "session-memory = 5",
              "session-memory = 1KiB",
              "processes = 1",
              "cpus = 0",
              "cpus = many",
              "cpu-list = 1-",
              "session-cpu-time = 1ms")) {
        var refusal =
            assertThrows(
                ConfigException.class,
                () -> Configs.minimalAnd("resource-pool.default." + mistake));
        String text = String.valueOf(refusal.getMessage());
        String key = mistake.substring(0, mistake.indexOf(' '));
        assertTrue(text.contains("resource-pool.default." + key), text);
      }
    }
  }

  @Nested
  class Limits {
    @Test
    void defaults() {
      assertEquals(
          new LimitsConfig(
              Duration.ofHours(1),
              Duration.ofSeconds(5),
              DataSize.gib(1024),
              1_000_000_000_000L,
              DataSize.mib(16),
              DataSize.mib(256),
              DataSize.mib(320),
              DataSize.mib(4),
              DataSize.mib(640),
              Duration.ofSeconds(5)),
          Configs.minimalAnd().limits());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd(
              "limits.deadline = 1m",
              "limits.grace = 2s",
              "limits.output-bytes = 3MiB",
              "limits.output-rows = 4",
              "limits.print-bytes = 5KiB",
              "limits.value-bytes = 6KiB",
              "limits.frame-bytes = 7MiB",
              "limits.stream-window = 8MiB",
              "limits.transit-memory = 10MiB",
              "limits.exit-report-wait = 9s");
      assertEquals(
          new LimitsConfig(
              Duration.ofMinutes(1),
              Duration.ofSeconds(2),
              DataSize.mib(3),
              4,
              DataSize.kib(5),
              DataSize.kib(6),
              DataSize.mib(7),
              DataSize.mib(8),
              DataSize.mib(10),
              Duration.ofSeconds(9)),
          config.limits());
    }
  }

  @Nested
  class Sandbox {
    @Test
    void defaults() {
      assertEquals(
          new SandboxConfig(
              SandboxConfig.Mode.FULL,
              Path.of("/var/lib/launchpad/sessions"),
              SandboxConfig.Groups.AUTO,
              false,
              SandboxConfig.Limits.REQUIRED,
              SCRATCH),
          Configs.minimalAnd().sandbox());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd(
              "sandbox = none",
              "sandbox.work-folder = /srv/sessions",
              "sandbox.cgroup = v1",
              "sandbox.limits = available",
              "sandbox.allow-swap = true",
              "sandbox.scratch-size = 2MiB",
              "sandbox.scratch-files = 100");
      assertEquals(
          new SandboxConfig(
              SandboxConfig.Mode.NONE,
              Path.of("/srv/sessions"),
              SandboxConfig.Groups.V1,
              true,
              SandboxConfig.Limits.AVAILABLE,
              new Scratch(2 << 20, 100)),
          config.sandbox());
    }
  }

  @Nested
  class Monitoring {
    @Test
    void defaults() {
      assertEquals(
          new MonitoringConfig(true, Configs.address("127.0.0.1", 9180)),
          Configs.minimalAnd().monitoring());
    }

    @Test
    void explicitPropertyMappings() {
      var config =
          Configs.minimalAnd("monitoring.enabled = false", "monitoring.address = [::1]:9999");
      assertEquals(new MonitoringConfig(false, Configs.address("::1", 9999)), config.monitoring());
    }
  }

  @Nested
  class Logging {
    @Test
    void defaults() {
      assertEquals(new LoggingConfig(LoggingConfig.Level.INFO), Configs.minimalAnd().logging());
    }

    @Test
    void explicitPropertyMappings() {
      assertEquals(
          new LoggingConfig(LoggingConfig.Level.DEBUG),
          Configs.minimalAnd("logging.level = debug").logging());
    }
  }

  @Nested
  class Service {
    @Test
    void defaults() {
      var config = Configs.minimalAnd();
      assertEquals("launchpad", config.id());
      assertEquals(Duration.ofSeconds(30), config.drainTime());
    }

    @Test
    void explicitPropertyMappings() {
      var config = Configs.minimalAnd("service.id = east", "service.drain-time = 2m");
      assertEquals("east", config.id());
      assertEquals(Duration.ofMinutes(2), config.drainTime());
    }
  }
}
