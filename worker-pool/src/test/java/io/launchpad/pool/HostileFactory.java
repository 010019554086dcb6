// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The world outside the pool in a simulation: a factory that fails, hangs, is slow, late and lies,
/// and its workers. It knows the truth about every account and fails the test when the pool uses
/// one that is not clean.
final class HostileFactory implements WorkerFactory<HostileFactory.SimWorker> {
  private final FakeTimer timer;
  private final RandomGenerator random;
  private final Malice malice;
  private final Map<WorkerAccount, Attempt> occupied = new HashMap<>();
  private final Map<Long, Attempt> byGeneration = new HashMap<>();
  final Set<WorkerAccount> soiled = new HashSet<>();
  private boolean healed;
  private @Nullable AssertionError broken;

  /// How often, in percent, each mischief happens.
  record Malice(
      int fails,
      int failsUnclean,
      int throwsAtOnce,
      int hangs,
      int neverAnswers,
      int deadOnArrival,
      int answersTwice,
      int diesParked,
      int exitsUnclean,
      int deafToFirstKill,
      int slow) {
    static final Malice NONE = new Malice(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  HostileFactory(FakeTimer timer, RandomGenerator random, Malice malice) {
    this.timer = timer;
    this.random = random;
    this.malice = malice;
  }

  /// The pool survives what it is thrown, so the error is also kept.
  private AssertionError broken(String message) {
    broken = new AssertionError(message);
    return broken;
  }

  @Nullable AssertionError broken() {
    return broken;
  }

  /// From now on it behaves.
  void heal() {
    healed = true;
  }

  /// Everything that may exist under an account: an unanswered start or a worker.
  int living() {
    return occupied.size();
  }

  /// Starts that will never be answered, whatever happens.
  long lost() {
    return occupied.values().stream().filter(attempt -> attempt.lost).count();
  }

  List<SimWorker> workers() {
    return occupied.values().stream()
        .<SimWorker>mapMulti((attempt, sink) -> {
          if (attempt.worker != null) {
            sink.accept(attempt.worker);
          }
        })
        .toList();
  }

  @Override
  public CompletionStage<SimWorker> start(WorkerKey key, WorkerAccount account, long generation) {
    if (soiled.contains(account)) {
      throw broken("start under an account that was not cleaned: " + account);
    }
    if (occupied.containsKey(account)) {
      throw broken("start under an account that is in use: " + account);
    }
    if (byGeneration.containsKey(generation)) {
      throw broken("generation given twice: " + generation);
    }
    boolean twice = chance(malice.answersTwice);
    var attempt =
        new Attempt(
            key, account, generation, twice ? new EchoStage<>() : new CompletableFuture<>());
    byGeneration.put(generation, attempt);
    if (chance(malice.throwsAtOnce)) {
      attempt.over = true;
      throw new IllegalArgumentException("simulated: thrown at once");
    }
    occupied.put(account, attempt);
    if (chance(malice.hangs)) {
      attempt.lost = chance(malice.neverAnswers);
    } else if (chance(malice.fails)) {
      timer.schedule(delay(), attempt::fail);
    } else {
      Duration takes = chance(malice.slow) ? delay().multipliedBy(20) : delay();
      timer.schedule(takes, attempt::succeed);
    }
    return attempt.stage;
  }

  @Override
  public void abandon(WorkerKey key, WorkerAccount account, long generation) {
    Attempt attempt = byGeneration.get(generation);
    if (attempt == null || !attempt.key.equals(key) || !attempt.account.equals(account)) {
      throw broken("abandons what was not started: " + generation);
    }
    if (attempt.lost || attempt.over || attempt.worker != null) {
      return;
    }
    // Whether it fails now or the worker comes after all, the stage is completed.
    timer.schedule(delay(), chance(50) ? attempt::succeed : attempt::fail);
  }

  private boolean chance(int percent) {
    return !healed && random.nextInt(100) < percent;
  }

  private Duration delay() {
    return Duration.ofMillis(random.nextInt(healed ? 3 : 8));
  }

  /// One call of start and what comes of it.
  private final class Attempt {
    final WorkerKey key;
    final WorkerAccount account;
    final long generation;
    final CompletableFuture<SimWorker> stage;
    @Nullable SimWorker worker;
    boolean lost;
    boolean over;

    Attempt(
        WorkerKey key, WorkerAccount account, long generation, CompletableFuture<SimWorker> stage) {
      this.key = key;
      this.account = account;
      this.generation = generation;
      this.stage = stage;
    }

    void fail() {
      if (over || worker != null) {
        return;
      }
      boolean clean = !chance(malice.failsUnclean);
      leave(clean);
      stage.completeExceptionally(
          clean
              ? new IllegalStateException("simulated: start failed")
              : new UncleanStartException("simulated: start failed, account soiled", null));
    }

    void succeed() {
      if (over || worker != null) {
        return;
      }
      var started = new SimWorker(this);
      worker = started;
      if (chance(malice.deadOnArrival)) {
        started.alive = false;
        timer.schedule(delay(), started::exit);
      } else if (chance(malice.diesParked)) {
        timer.schedule(delay().multipliedBy(5), started::die);
      }
      stage.complete(started);
    }

    void leave(boolean clean) {
      over = true;
      occupied.remove(account);
      if (!clean) {
        soiled.add(account);
      }
    }
  }

  /// A worker of the simulation.
  final class SimWorker implements Worker {
    private final Attempt attempt;
    private final CompletableFuture<WorkerExit> exited = new CompletableFuture<>();
    private final boolean deaf = chance(malice.deafToFirstKill);
    private int kills;
    private boolean alive = true;

    private SimWorker(Attempt attempt) {
      this.attempt = attempt;
    }

    WorkerAccount account() {
      return attempt.account;
    }

    WorkerKey key() {
      return attempt.key;
    }

    long generation() {
      return attempt.generation;
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public void kill(EndCause cause) {
      kills++;
      if (!deaf || kills > 1 || healed) {
        alive = false;
        timer.schedule(delay(), this::exit);
      }
    }

    int kills() {
      return kills;
    }

    boolean isGone() {
      return exited.isDone();
    }

    /// Its process ends; the report comes later.
    void die() {
      alive = false;
      timer.schedule(delay(), this::exit);
    }

    private void exit() {
      if (exited.isDone()) {
        return;
      }
      alive = false;
      boolean clean = !chance(malice.exitsUnclean);
      attempt.leave(clean);
      exited.complete(new WorkerExit(clean, "simulated"));
    }

    @Override
    public CompletionStage<WorkerExit> exited() {
      return exited;
    }

    @Override
    public String toString() {
      return "worker " + attempt.generation;
    }
  }

  /// A stage that tells its listeners everything twice.
  private static final class EchoStage<T> extends CompletableFuture<T> {
    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
      return super.whenComplete((value, failure) -> {
        action.accept(value, failure);
        action.accept(value, failure);
      });
    }
  }
}
