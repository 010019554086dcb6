// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.Sandbox;
import io.launchpad.sandbox.Zygote;
import io.launchpad.service.config.RuntimeConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One zygote for each runtime: started when its first satellite is wanted, and again after it has
/// ended.
///
/// The pool's back-off paces the attempts; what an attempt fails with carries the zygote's last
/// output.
public final class Zygotes {
  private static final Logger LOG = LoggerFactory.getLogger(Zygotes.class);

  private final Sandbox sandbox;
  private final List<Launcher> launchers;
  private final Map<String, CompletableFuture<Zygote>> running = new HashMap<>();

  public Zygotes(Sandbox sandbox, List<Launcher> launchers) {
    this.sandbox = sandbox;
    this.launchers = List.copyOf(launchers);
  }

  /// The runtime's zygote, ready to be forked.
  synchronized CompletionStage<Zygote> of(RuntimeConfig runtime) {
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
            LOG.atWarn()
                .addKeyValue("runtime", runtime.name())
                .addKeyValue("reason", failure.getMessage())
                .log("zygote did not start");
          } else {
            watch(runtime.name(), started, zygote);
          }
        });
    return started;
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
              LOG.atWarn()
                  .addKeyValue("runtime", runtime)
                  .addKeyValue("zygote", zygote.id())
                  .addKeyValue("how", exit.describe())
                  .addKeyValue("last_output", exit.lastOutput())
                  .log("zygote has ended");
            });
  }

  private synchronized void forget(String runtime, CompletableFuture<Zygote> started) {
    running.remove(runtime, started);
  }

  private Launcher launcher(RuntimeConfig runtime) {
    return Launchers.of(launchers, runtime.language());
  }
}
