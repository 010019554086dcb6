// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.SandboxException;
import io.launchpad.sandbox.Zygote;
import io.launchpad.sandbox.ZygoteExit;
import io.launchpad.service.config.ZygoteSettings;
import io.launchpad.service.monitoring.ZygoteObserver;
import io.launchpad.service.monitoring.ZygoteObserver.Cause;
import io.launchpad.service.monitoring.ZygoteObserver.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The zygotes of one runtime, one after the other.
///
/// The first is started when a satellite is wanted, and so is the next one after it has ended. One
/// that has grown, is old or has other packages than the disk is replaced: a new one is started
/// beside it and takes its place when it is ready. Until then the old one goes on, however often
/// the new one fails.
final class Succession {
  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

  /// What is tried again and again is tried this often at the least.
  private static final Duration BACKOFF_MAX = Duration.ofMinutes(5);

  /// Something that writes beside the packages all the time replaces one zygote in so many looks.
  private static final int LOOKS_BETWEEN_CHANGES = 3;

  private final String runtime;
  private final Supplier<CompletionStage<Zygote>> starter;
  private final Supplier<PackageStamp> packages;
  private final ZygoteSettings settings;
  private final LongSupplier nanoTime;
  private final ZygoteObserver observer;

  /// The zygote that satellites are forked from, or will be once it is ready.
  private @Nullable CompletableFuture<LiveZygote> current;

  /// What is to take its place.
  private @Nullable CompletableFuture<LiveZygote> successor;

  /// Those that were replaced and have sessions left.
  private final List<LiveZygote> retired = new ArrayList<>();

  /// The packages that a zygote has last become ready with.
  private @Nullable PackageStamp working;

  /// The packages at the last look. A change counts when two looks in a row see the same, so that
  /// no zygote is started in the middle of an installation.
  private @Nullable PackageStamp seen;

  /// Attempts in a row that replaced nothing, what the last one was made with, and when the next
  /// one may be.
  private int failures;

  private @Nullable PackageStamp failedWith;
  private long notBeforeNanos;
  private boolean ending;

  /// @param starter starts a zygote
  /// @param packages looks at the packages on disk
  Succession(
      String runtime,
      Supplier<CompletionStage<Zygote>> starter,
      Supplier<PackageStamp> packages,
      ZygoteSettings settings,
      LongSupplier nanoTime,
      ZygoteObserver observer) {
    this.runtime = runtime;
    this.starter = starter;
    this.packages = packages;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.observer = observer;
  }

  // ---- serving

  /// Calls `fork` with the zygote that serves, once there is one, or `failed` with why there is
  /// none. The pool's back-off paces the attempts.
  void fork(Consumer<LiveZygote> fork, Consumer<Throwable> failed) {
    var _ =
        serving()
            .whenComplete((zygote, failure) -> {
              if (failure != null) {
                failed.accept(root(failure));
              } else if (!zygote.fork(fork)) {
                fork(fork, failed); // retired since it was chosen: there is another
              }
            });
  }

  private synchronized CompletableFuture<LiveZygote> serving() {
    if (ending) {
      return CompletableFuture.failedFuture(new SandboxException("the service is shutting down"));
    }
    var serving = current;
    if (serving == null) {
      serving = successor == null ? startFirst() : successor;
      current = serving.isCompletedExceptionally() ? null : serving;
    }
    return serving;
  }

  private CompletableFuture<LiveZygote> startFirst() {
    var started = start(packages.get());
    var _ =
        started.whenComplete((_, failure) -> {
          if (failure != null && !isEnding()) {
            warn("zygote did not start", root(failure));
          }
        });
    return started;
  }

  private CompletableFuture<LiveZygote> start(PackageStamp stamp) {
    var started = new CompletableFuture<LiveZygote>();
    var _ =
        starter
            .get()
            .whenComplete((zygote, failure) -> {
              if (failure != null) {
                failed(started, stamp, root(failure));
              } else {
                ready(started, new LiveZygote(zygote, stamp, nanoTime.getAsLong()));
              }
            });
    return started;
  }

  private void failed(
      CompletableFuture<LiveZygote> started, PackageStamp stamp, Throwable failure) {
    Throwable explained = failure;
    synchronized (this) {
      forget(started);
      if (working != null && !working.equals(stamp)) {
        explained =
            new SandboxException(
                "runtime %s does not start since its packages have changed (%s): %s"
                    .formatted(runtime, stamp.differenceFrom(working), failure.getMessage()),
                failure);
      }
    }
    observer.notStarted(runtime);
    started.completeExceptionally(explained);
  }

  private void ready(CompletableFuture<LiveZygote> started, LiveZygote live) {
    synchronized (this) {
      working = live.packages();
    }
    LOG.atInfo()
        .addKeyValue("runtime", runtime)
        .addKeyValue("zygote", live.zygote().id())
        .log("zygote is ready");
    started.complete(live);
    var _ = live.zygote().exited().thenAccept(exit -> exited(started, live, exit));
  }

  private void exited(CompletableFuture<LiveZygote> started, LiveZygote live, ZygoteExit exit) {
    boolean expected;
    synchronized (this) {
      forget(started);
      expected = retired.remove(live) || ending;
    }
    (expected ? LOG.atInfo() : LOG.atWarn())
        .addKeyValue("runtime", runtime)
        .addKeyValue("zygote", live.zygote().id())
        .addKeyValue("how", exit.describe())
        .addKeyValue("last_output", exit.lastOutput())
        .log("zygote has ended");
  }

  /// With the lock.
  @SuppressWarnings("ReferenceEquality") // that very one
  private void forget(CompletableFuture<LiveZygote> started) {
    if (current == started) {
      current = null;
    }
  }

  // ---- replacing

  /// Looks whether the zygote is to be replaced, and begins to. Reads files: not for a thread that
  /// is waited for.
  ///
  /// @param replaced is told of the old one when the new one has taken its place
  void check(Consumer<LiveZygote> replaced) {
    PackageStamp stamp = packages.get();
    LiveZygote old;
    Optional<Cause> cause;
    CompletableFuture<LiveZygote> next;
    synchronized (this) {
      boolean settled = stamp.equals(seen);
      seen = stamp;
      old = live();
      if (ending || successor != null || old == null) {
        return;
      }
      old.measure();
      cause = due(old, stamp, settled);
      if (cause.isEmpty()) {
        failures = 0;
      }
      if (cause.isEmpty() || isTooEarly(stamp)) {
        return;
      }
      if (failures == 0) {
        LOG.atInfo()
            .addKeyValue("runtime", runtime)
            .addKeyValue("zygote", old.zygote().id())
            .addKeyValue("cause", cause.get())
            .addKeyValue("detail", detail(cause.get(), old, stamp))
            .log("zygote is to be replaced");
      }
      next = start(stamp);
      successor = next;
    }
    var _ =
        next.whenComplete((live, failure) -> {
          if (failure != null) {
            notReplaced(stamp, root(failure));
          } else if (replace(old, next, live)) {
            hasReplaced(old, cause.get());
            replaced.accept(old);
          }
        });
  }

  /// With the lock. Null while none is ready.
  private @Nullable LiveZygote live() {
    return current != null && current.state() == Future.State.SUCCESS ? current.resultNow() : null;
  }

  private Optional<Cause> due(LiveZygote old, PackageStamp stamp, boolean settled) {
    Duration age = old.age(nanoTime.getAsLong());
    if (settled
        && !stamp.equals(old.packages())
        && age.compareTo(settings.checkInterval().multipliedBy(LOOKS_BETWEEN_CHANGES)) >= 0) {
      return Optional.of(Cause.PACKAGES);
    }
    if (settings.growthMax().value().filter(max -> old.growth() > max.bytes()).isPresent()) {
      return Optional.of(Cause.GROWTH);
    }
    if (settings.ageMax().value().filter(max -> age.compareTo(max) > 0).isPresent()) {
      return Optional.of(Cause.AGE);
    }
    return settings.forksMax().value().filter(max -> old.forks() >= max).map(_ -> Cause.FORKS);
  }

  private String detail(Cause cause, LiveZygote old, PackageStamp stamp) {
    return switch (cause) {
      case PACKAGES -> stamp.differenceFrom(old.packages());
      case GROWTH -> settings.growthMax().line() + ", grown by " + old.growth() + " bytes";
      case AGE -> settings.ageMax().line();
      case FORKS -> settings.forksMax().line();
    };
  }

  /// With the lock. Whoever has changed the packages since the last failure is not kept waiting.
  private boolean isTooEarly(PackageStamp stamp) {
    if (!stamp.equals(failedWith)) {
      failures = 0;
    }
    return failures > 0 && nanoTime.getAsLong() - notBeforeNanos < 0;
  }

  private void notReplaced(PackageStamp stamp, Throwable failure) {
    boolean worthALine;
    synchronized (this) {
      successor = null;
      failures++;
      failedWith = stamp;
      Duration pause = settings.checkInterval().multipliedBy(1L << Math.min(failures, 16));
      notBeforeNanos =
          nanoTime.getAsLong() + (pause.compareTo(BACKOFF_MAX) < 0 ? pause : BACKOFF_MAX).toNanos();
      worthALine = failures == 1 && !ending;
    }
    if (worthALine) {
      warn("zygote cannot be replaced: the old one goes on and new ones are tried", failure);
    }
  }

  /// Puts the new one in the old one's place. False when the service is ending.
  private boolean replace(LiveZygote old, CompletableFuture<LiveZygote> next, LiveZygote live) {
    synchronized (this) {
      successor = null;
      failures = 0;
      if (!ending) {
        current = next;
        if (!old.zygote().exited().toCompletableFuture().isDone()) {
          retired.add(old);
        }
        return true;
      }
    }
    live.retire(false);
    return false;
  }

  private void hasReplaced(LiveZygote old, Cause cause) {
    old.retire(cause == Cause.PACKAGES);
    LOG.atInfo()
        .addKeyValue("runtime", runtime)
        .addKeyValue("zygote", old.zygote().id())
        .addKeyValue("cause", cause)
        .addKeyValue("age", old.age(nanoTime.getAsLong()))
        .addKeyValue("forks", old.forks())
        .addKeyValue("memory_bytes", old.memory())
        .log("zygote is retired: it ends after its last session");
    observer.retired(runtime, cause);
  }

  private void warn(String what, Throwable reason) {
    LOG.atWarn()
        .addKeyValue("runtime", runtime)
        .addKeyValue("reason", reason.getMessage())
        .log(what);
  }

  // ---- looking and ending

  /// Those that were replaced and have sessions left.
  synchronized List<LiveZygote> retired() {
    return List.copyOf(retired);
  }

  synchronized Figures figures() {
    LiveZygote live = live();
    return live == null
        ? new Figures(false, Duration.ZERO, 0, 0, retired.size())
        : new Figures(
            true, live.age(nanoTime.getAsLong()), live.memory(), live.forks(), retired.size());
  }

  private synchronized boolean isEnding() {
    return ending;
  }

  /// Starts none any more and ends those that are ready; what is to be waited for. One that is
  /// still starting ends with the broker.
  List<CompletableFuture<ZygoteExit>> end() {
    List<LiveZygote> all;
    LiveZygote live;
    synchronized (this) {
      ending = true;
      all = new ArrayList<>(retired);
      live = live();
    }
    if (live != null) {
      live.retire(false);
      all.add(live);
    }
    return all.stream().map(one -> one.zygote().exited().toCompletableFuture()).toList();
  }

  private static Throwable root(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
