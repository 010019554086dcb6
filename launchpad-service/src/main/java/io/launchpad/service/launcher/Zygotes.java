// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.Sandbox;
import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import io.launchpad.service.config.RuntimeConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One zygote for each runtime: started when its first satellite is wanted, and again after it has
/// ended.
///
/// The pool's back-off paces the attempts; what an attempt fails with carries the zygote's last
/// output.
public final class Zygotes {
  private static final Logger LOG = LoggerFactory.getLogger(Zygotes.class);

  /// How long zygotes that were told to end may take before their end is left to the broker's.
  private static final Duration END_TIME = Duration.ofSeconds(2);

  private final Sandbox sandbox;
  private final List<Launcher> launchers;
  private final Map<String, CompletableFuture<Zygote>> running = new HashMap<>();
  private boolean ending;

  public Zygotes(Sandbox sandbox, List<Launcher> launchers) {
    this.sandbox = sandbox;
    this.launchers = List.copyOf(launchers);
  }

  /// The runtime's zygote, ready to be forked.
  synchronized CompletionStage<Zygote> of(RuntimeConfig runtime) {
    if (ending) {
      return CompletableFuture.failedStage(new SandboxException("the service is shutting down"));
    }
    var known = running.get(runtime.name());
    if (known != null) {
      return known;
    }
    var started = sandbox.startZygote(launcher(runtime).zygote(runtime)).toCompletableFuture();
    running.put(runtime.name(), started);
    var _ =
        started.whenComplete((zygote, failure) -> {
          if (failure != null) {
            forget(runtime.name(), started);
            notStarted(runtime.name(), failure);
          } else {
            watch(runtime.name(), started, zygote);
          }
        });
    return started;
  }

  private void notStarted(String runtime, Throwable failure) {
    if (!isEnding()) {
      LOG.atWarn()
          .addKeyValue("runtime", runtime)
          .addKeyValue("reason", failure.getMessage())
          .log("zygote did not start");
    }
  }

  private void watch(String runtime, CompletableFuture<Zygote> started, Zygote zygote) {
    LOG.atInfo()
        .addKeyValue("runtime", runtime)
        .addKeyValue("zygote", zygote.id())
        .log("zygote is ready");
    var _ =
        zygote
            .exited()
            .thenAccept(exit -> {
              forget(runtime, started);
              ended(runtime, zygote, exit);
            });
  }

  private void ended(String runtime, Zygote zygote, ZygoteExit exit) {
    (isEnding() ? LOG.atInfo() : LOG.atWarn())
        .addKeyValue("runtime", runtime)
        .addKeyValue("zygote", zygote.id())
        .addKeyValue("how", exit.describe())
        .addKeyValue("last_output", exit.lastOutput())
        .log("zygote has ended");
  }

  /// Starts none any more and ends those that are ready. One that is still starting ends with the
  /// broker.
  public void end() throws InterruptedException {
    List<CompletableFuture<Zygote>> all;
    synchronized (this) {
      ending = true;
      all = List.copyOf(running.values());
    }
    var ends =
        all.stream()
            .filter(started -> started.state() == Future.State.SUCCESS)
            .map(started -> retire(started.resultNow()));
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
          .get(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("not every zygote has ended by itself; the broker ends them");
    }
  }

  private static CompletableFuture<ZygoteExit> retire(Zygote zygote) {
    zygote.retire();
    return zygote.exited().toCompletableFuture();
  }

  private synchronized boolean isEnding() {
    return ending;
  }

  private synchronized void forget(String runtime, CompletableFuture<Zygote> started) {
    running.remove(runtime, started);
  }

  private Launcher launcher(RuntimeConfig runtime) {
    return Launchers.of(launchers, runtime.language());
  }
}
