// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.Sandbox;
import io.launchpad.sandbox.ZygoteExit;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.ZygoteSettings;
import io.launchpad.service.monitoring.ZygoteObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The zygotes of all runtimes.
public final class Zygotes {
  private static final Logger LOG = LoggerFactory.getLogger(Zygotes.class);

  /// How long zygotes that were told to end may take before their end is left to the broker's.
  private static final Duration END_TIME = Duration.ofSeconds(2);

  private final Sandbox sandbox;
  private final List<Launcher> launchers;
  private final ZygoteSettings settings;
  private final LongSupplier nanoTime;
  private final ZygoteObserver observer;
  private final Map<String, Succession> successions = new ConcurrentHashMap<>();

  public Zygotes(
      Sandbox sandbox,
      List<Launcher> launchers,
      List<RuntimeConfig> runtimes,
      ZygoteSettings settings,
      LongSupplier nanoTime,
      ZygoteObserver observer) {
    this.sandbox = sandbox;
    this.launchers = List.copyOf(launchers);
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.observer = observer;
    runtimes.forEach(runtime -> successions.put(runtime.name(), succession(runtime)));
  }

  private Succession succession(RuntimeConfig runtime) {
    Launcher launcher = Launchers.of(launchers, runtime.language());
    return new Succession(
        runtime.name(),
        () -> sandbox.startZygote(launcher.zygote(runtime)),
        () -> PackageStamp.of(launcher.watched(runtime)),
        settings,
        nanoTime,
        observer);
  }

  /// As [Succession#fork], of one of the configured runtimes.
  void fork(RuntimeConfig runtime, Consumer<LiveZygote> fork, Consumer<Throwable> failed) {
    of(runtime.name()).fork(fork, failed);
  }

  private Succession of(String runtime) {
    Succession succession = successions.get(runtime);
    if (succession == null) {
      throw new IllegalArgumentException("no runtime " + runtime);
    }
    return succession;
  }

  /// Of the runtime's zygote.
  public ZygoteObserver.Figures figures(String runtime) {
    return of(runtime).figures();
  }

  /// Replaces what is to be replaced, and ends parked satellites of what was: those with packages
  /// that are no longer to be used at once, others one at each look, so that there are always some.
  /// Reads files.
  void check(ParkedEnder pool) {
    for (Succession succession : successions.values()) {
      succession.retired().forEach(old -> endParked(pool, old));
      succession.check(old -> endParked(pool, old));
    }
  }

  private static void endParked(ParkedEnder pool, LiveZygote old) {
    int _ =
        pool.endOutdated(
            satellite -> satellite.isOf(old), old.isOutdated() ? Integer.MAX_VALUE : 1);
  }

  /// Starts none any more and ends those that are ready.
  public void end() throws InterruptedException {
    List<CompletableFuture<ZygoteExit>> ends =
        successions.values().stream().flatMap(succession -> succession.end().stream()).toList();
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .get(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("not every zygote has ended by itself; the broker ends them");
    }
  }
}
