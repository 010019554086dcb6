// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import io.launchpad.pool.PoolEnvironment;
import io.launchpad.pool.PoolTimer;
import io.launchpad.pool.WorkerKey;
import io.launchpad.pool.WorkerPool;
import io.launchpad.protocol.Connector;
import io.launchpad.protocol.FrameMemory;
import io.launchpad.protocol.ListenerSettings;
import io.launchpad.protocol.LocalInfo;
import io.launchpad.protocol.NetworkLoops;
import io.launchpad.sandbox.Sandbox;
import io.launchpad.service.config.DataSize;
import io.launchpad.service.config.ResourcePoolSettings;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.SandboxConfig;
import io.launchpad.service.config.ServiceConfig;
import io.launchpad.service.doctor.ServicePromises;
import io.launchpad.service.engine.ConfiguredEngines;
import io.launchpad.service.engine.Listeners;
import io.launchpad.service.launcher.Launcher;
import io.launchpad.service.launcher.Launchers;
import io.launchpad.service.launcher.Runtimes;
import io.launchpad.service.launcher.Satellite;
import io.launchpad.service.launcher.SatelliteFactory;
import io.launchpad.service.launcher.Surroundings;
import io.launchpad.service.launcher.WarmUps;
import io.launchpad.service.launcher.ZygoteWatch;
import io.launchpad.service.launcher.Zygotes;
import io.launchpad.service.monitoring.Health;
import io.launchpad.service.monitoring.MonitoringServer;
import io.launchpad.service.monitoring.ServiceMetrics;
import io.launchpad.service.session.Sessions;
import io.launchpad.service.session.TransitMemory;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running service: every part, made in order by its constructor's arguments and closed in
/// reverse.
public final class Launchpad implements AutoCloseable {
  private static final long MEMORY_LOOK_SECONDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(Launchpad.class);
  private static final String SOFTWARE = "launchpad 0.1.0";
  private static final int LOOPS_MAX = 4;

  /// What an engine may send on each stream before there is a satellite to take it: a request that
  /// waits holds no more, and one of a few rows is complete with that.
  private static final long FIRST_CREDIT_BYTES = DataSize.kib(256).bytes();

  private final ServiceConfig config;
  private final Sandbox sandbox;
  private final Closers parts = new Closers();
  private volatile boolean closing;

  private Launchpad(ServiceConfig config, Sandbox sandbox) {
    this.config = config;
    this.sandbox = parts.add(sandbox);
  }

  /// Starts everything, or closes what was started and throws a [StartException] that says what to
  /// mend.
  ///
  /// @param sandbox belongs to the service from now on
  public static Launchpad start(ServiceConfig config, Sandbox sandbox) {
    var launchpad = new Launchpad(config, sandbox);
    try {
      launchpad.open();
      return launchpad;
    } catch (IOException e) {
      launchpad.parts.close();
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      launchpad.parts.close();
      throw e;
    }
  }

  private void open() throws IOException {
    LOG.atInfo()
        .addKeyValue("lifetime", sandbox.facts().lifetime())
        .addKeyValue("reason", sandbox.facts().lifetimeReason())
        .addKeyValue("accounts", PoolSetup.describe(sandbox.facts().accounts(), config))
        .addKeyValue("socket_buffer_bytes", sandbox.facts().socketBufferBytes())
        .addKeyValue("control_groups", sandbox.facts().limiting().groups())
        .addKeyValue("controllers", sandbox.facts().limiting().controllers())
        .addKeyValue("controllers_missing", sandbox.facts().limiting().reason())
        .log("the broker is there");
    var launchers = launchers();
    var pools = ResourcePools.make(sandbox, config);
    var random = new SecureRandom();
    var metrics = parts.add(new ServiceMetrics(config.sandbox().mode()));
    long window = config.limits().streamWindow().bytes();
    var loops = parts.add(NetworkLoops.start("launchpad-io", loopThreads()));
    var timer = timer();
    parts.add(timer::shutdownNow); // not close, which waits for alarms that are far away
    var runtimes = new Runtimes(config.runtimes());
    var zygotes =
        new Zygotes(
            sandbox, launchers, config.runtimes(), config.zygotes(), System::nanoTime, metrics);
    parts.add(zygotes::end);
    var warmUps = new WarmUps();
    var factory =
        new SatelliteFactory(
            sandbox,
            zygotes,
            runtimes,
            pools,
            warmUps,
            new Connector(loops, local(window), random),
            config.pool().startTimeout(),
            account -> PoolSetup.unixAccount(sandbox.facts().accounts(), account));
    var pool = parts.add(pool(factory, timer, metrics));
    parts.add(ZygoteWatch.start(zygotes, pool::endOutdated, config.zygotes().checkInterval()));
    metrics.watch(pool::snapshot);
    watchMemory(timer, pool);
    config
        .runtimes()
        .forEach(
            runtime -> metrics.watchZygote(runtime.name(), () -> zygotes.figures(runtime.name())));
    var engines = new ConfiguredEngines(config.engines(), config.runtimes(), this::isAccount);
    var transit = new TransitMemory(config.limits().transitMemory(), config.engines());
    var validation = validation();
    parts.add(validation::shutdownNow);
    var sessions =
        Sessions.over(
            pool,
            timer,
            runtimes,
            pools,
            warmUps,
            config.limits(),
            metrics,
            transit,
            validation,
            engines);
    if (config.monitoring().enabled()) {
      parts.add(new MonitoringServer(config.monitoring(), metrics::scrape, health(sessions, pool)));
    }
    parts.add(() -> drain(sessions, pool));
    var listeners =
        parts.add(
            Listeners.open(
                config.listener(),
                loops,
                new ListenerSettings(
                    local(Math.min(window, FIRST_CREDIT_BYTES)),
                    config.id(),
                    engines,
                    config.listener().connectionsMax()),
                random,
                sessions::engineConnected));
    metrics.watchBuffers(FrameMemory::buffersInUse, transit::bytes);
    metrics.watch(listeners::authenticationFailures, listeners::refusals);
    LOG.atInfo().addKeyValue("id", config.id()).log("launchpad is up");
  }

  /// Worker accounts are never engines.
  private boolean isAccount(int uid) {
    return config.accounts().contains(uid) || sandbox.facts().accounts().contains(uid);
  }

  private List<Launcher> launchers() {
    boolean confined = config.sandbox().mode() == SandboxConfig.Mode.FULL;
    if (confined != sandbox.facts().confines()) {
      throw new StartException(
          confined
              ? "sandbox = full, but the broker was started with --sandbox none"
              : "sandbox = none, but the broker was started with --sandbox full");
    }
    if (!confined) {
      LOG.warn(
          "SANDBOX IS OFF (sandbox = none): scripts can read, write and reach whatever their account can");
    }
    if (confined) {
      Stream.concat(sandbox.facts().promises().stream(), ServicePromises.of(config).stream())
          .forEach(promise -> LOG.atInfo().addKeyValue("promise", promise).log("confined"));
    }
    sandbox
        .facts()
        .weakened()
        .forEach(what -> LOG.atWarn().addKeyValue("promise", what).log("confined by less"));
    List<Launcher> launchers =
        Launchers.all(
            config.launcher(),
            new Surroundings(!sandbox.facts().accounts().isShared(), confined),
            config.pool().startTimeout());
    verifyRuntimes(launchers);
    return launchers;
  }

  /// A runtime that cannot be used is said, and its calls fail until it is mended; the others
  /// serve. Without any there is no service.
  private void verifyRuntimes(List<Launcher> launchers) {
    var problems = new ArrayList<String>();
    boolean anyWorks = false;
    for (RuntimeConfig runtime : config.runtimes()) {
      List<String> found = Launchers.verify(launchers, List.of(runtime));
      anyWorks |= found.isEmpty();
      problems.addAll(found);
    }
    if (!anyWorks || !Launchers.knowAll(launchers, config.runtimes())) {
      throw new StartException(String.join("\n", problems));
    }
    problems.forEach(problem ->
        LOG.atError()
            .addKeyValue("problem", problem)
            .log("a runtime cannot be used; its calls fail until it is mended"));
  }

  private WorkerPool<Satellite> pool(
      SatelliteFactory factory, ScheduledExecutorService timer, ServiceMetrics metrics) {
    var accounts = PoolSetup.accounts(sandbox.facts().accounts(), config);
    return WorkerPool.start(
        PoolSetup.config(config, accounts.size()),
        accounts,
        factory,
        new PoolEnvironment(
            PoolTimer.of(timer),
            task -> Thread.ofVirtual().name("pool").start(task),
            java.util.random.RandomGenerator.getDefault(),
            metrics));
  }

  private void watchMemory(ScheduledExecutorService timer, WorkerPool<Satellite> pool) {
    if (config.pool().memoryMin().bytes() > 0) {
      var watch = new MemoryWatch(MemoryWatch::machine, config.pool().memoryMin(), pool::shed);
      var _ =
          timer.scheduleWithFixedDelay(
              watch, MEMORY_LOOK_SECONDS, MEMORY_LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static LocalInfo local(long initialCredit) {
    return new LocalInfo(SOFTWARE, Set.of("exit-report"), initialCredit, "");
  }

  private static ScheduledExecutorService timer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("timer").daemon().factory());
  }

  /// Threads of the platform: the scheduler of virtual ones does not take the processor away from a
  /// long scan.
  private static ExecutorService validation() {
    return Executors.newFixedThreadPool(
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        Thread.ofPlatform().name("validation-", 0).daemon().factory());
  }

  private static int loopThreads() {
    return Math.clamp(Runtime.getRuntime().availableProcessors(), 2, LOOPS_MAX);
  }

  private Health health(Sessions sessions, WorkerPool<Satellite> pool) {
    var health = new Health();
    health.add(
        "shutdown",
        () -> sessions.isDraining() ? Optional.of("the service is draining") : Optional.empty());
    health.add(
        "broker",
        () ->
            sandbox.ended().toCompletableFuture().isDone()
                ? Optional.of("the broker is gone")
                : Optional.empty());
    for (var range : config.parked()) {
      boolean standard = range.resourcePool().equals(ResourcePoolSettings.STANDARD);
      if (standard || range.max() > 0) {
        health.add(
            "runtime " + range.runtime() + (standard ? "" : " in pool " + range.resourcePool()),
            () -> startFailure(PoolSetup.key(range), pool));
      }
    }
    return health;
  }

  private static Optional<String> startFailure(WorkerKey of, WorkerPool<Satellite> pool) {
    var key = pool.snapshot().keys().get(of);
    if (key == null || key.workers().parked() + key.workers().leased() > 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(key.lastStartFailure());
  }

  private void drain(Sessions sessions, WorkerPool<Satellite> pool) throws InterruptedException {
    pool.stopRefilling();
    LOG.atInfo().addKeyValue("sessions", sessions.running()).log("draining");
    sessions.drain(config.drainTime());
    LOG.info("drained");
  }

  /// Completes, with the reason, when the broker has ended, without which nothing can run.
  CompletionStage<String> brokerEnded() {
    return sandbox.ended();
  }

  boolean isClosing() {
    return closing;
  }

  /// Goes down in the reverse order of going up: stops accepting, lets running sessions finish
  /// within the drain time and cancels the rest, stops parking and ends parked satellites, ends
  /// zygotes, and lets go of the broker.
  @Override
  public void close() {
    closing = true;
    parts.close();
    LOG.info("launchpad is down");
  }
}
