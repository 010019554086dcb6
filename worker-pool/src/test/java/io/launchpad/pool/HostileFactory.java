// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The world outside the pool in a simulation: a factory that fails, hangs, is slow, late and lies,
/// and its workers, which go with their zygote, as all goes with the broker. It fails the test when
/// the pool uses an account that is not clean, or asks anything of a factory that said it has
/// ended.
final class HostileFactory implements WorkerFactory<HostileFactory.SimWorker> {
  private final FakeTimer timer;
  private final RandomGenerator random;
  private final Malice malice;
  private final AccountTruth<Attempt> accounts;
  private final Map<Long, Attempt> byGeneration = new HashMap<>();

  /// Runtimes whose zygote is not there.
  private final Set<String> down = new HashSet<>();

  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private @Nullable SimWorker lastGone;
  private long foundDead;
  private boolean dead;
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
      int slow,
      int answersWithOld,
      int exitsLate,
      int exitsTwice) {
    static final Malice NONE = new Malice(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// Whether parked workers stay fit to be leased.
    boolean sparesTheParked() {
      return diesParked + deadOnArrival + answersWithOld == 0;
    }
  }

  /// @param accounts what is left of the broker before this one, and all that comes of this one
  HostileFactory(
      FakeTimer timer, RandomGenerator random, Malice malice, AccountTruth<Attempt> accounts) {
    this.timer = timer;
    this.random = random;
    this.malice = malice;
    this.accounts = accounts;
  }

  /// The pool survives what it is thrown, so the error is also kept.
  private AssertionError broken(String message) {
    broken = new AssertionError(message);
    return broken;
  }

  Set<WorkerAccount> soiled() {
    return accounts.soiled();
  }

  @Nullable AssertionError broken() {
    return broken;
  }

  /// From now on it behaves.
  void heal() {
    healed = true;
    down.clear();
  }

  /// A zygote ends, and with it whatever was forked from it. There is another one after the outage,
  /// or when the factory heals.
  void zygoteDies(String runtime, Optional<Duration> outage) {
    down.add(runtime);
    outage.ifPresent(time -> timer.schedule(time, () -> down.remove(runtime)));
    for (var attempt : accounts.occupants()) {
      if (attempt.key.runtime().equals(runtime)) {
        attempt.loseZygote();
      }
    }
  }

  /// The broker ends, and with it everything. Who is told of it, and when, is another matter.
  void die() {
    dead = true;
    accounts.occupants().forEach(Attempt::loseBroker);
    timer.schedule(delay(), () -> ended.complete("simulated: the broker has ended"));
  }

  boolean isDead() {
    return dead;
  }

  @Override
  public CompletionStage<String> ended() {
    return ended;
  }

  /// How often the pool asked a worker that was dead.
  long foundDead() {
    return foundDead;
  }

  /// Everything that may exist under an account: an unanswered start or a worker.
  int living() {
    return accounts.occupants().size();
  }

  /// Starts that will never be answered, whatever happens.
  long lost() {
    return accounts.occupants().stream().filter(attempt -> attempt.lost).count();
  }

  List<SimWorker> workers() {
    return accounts.occupants().stream()
        .<SimWorker>mapMulti((attempt, sink) -> {
          if (attempt.worker != null) {
            sink.accept(attempt.worker);
          }
        })
        .toList();
  }

  @Override
  public CompletionStage<SimWorker> start(
      WorkerKey key, StartPurpose purpose, WorkerAccount account, long generation) {
    if (ended.isDone()) {
      throw broken("start by a factory that has ended: " + generation);
    }
    if (!accounts.isClean(account)) {
      throw broken("start under an account that was not cleaned: " + account);
    }
    if (accounts.isOccupied(account)) {
      throw broken("start under an account that is in use: " + account);
    }
    if (byGeneration.containsKey(generation)) {
      throw broken("generation given twice: " + generation);
    }
    boolean twice = chance(malice.answersTwice);
    var attempt =
        new Attempt(
            key,
            account,
            generation,
            twice ? new EchoStage<>(Runnable::run) : new CompletableFuture<>());
    byGeneration.put(generation, attempt);
    if (chance(malice.throwsAtOnce)) {
      attempt.over = true;
      throw new IllegalArgumentException("simulated: thrown at once");
    }
    if (dead) {
      attempt.over = true;
      return CompletableFuture.failedStage(new IllegalStateException("simulated: no broker"));
    }
    accounts.occupy(account, attempt);
    if (down.contains(key.runtime())) {
      timer.schedule(delay(), attempt::fail);
    } else if (chance(malice.hangs)) {
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

  private Duration endDelay() {
    return chance(malice.exitsLate) ? delay().multipliedBy(30) : delay();
  }

  private Duration delay() {
    return Duration.ofMillis(random.nextInt(healed ? 3 : 8));
  }

  /// One call of start and what comes of it.
  final class Attempt {
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
      if (dead || over || worker != null) {
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
      if (dead || over || worker != null) {
        return;
      }
      if (lastGone != null && chance(malice.answersWithOld)) {
        leave(true);
        stage.complete(lastGone);
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
      accounts.leave(account, this, clean);
    }

    void loseZygote() {
      if (worker != null) {
        worker.die();
      } else if (!lost) {
        timer.schedule(delay(), this::fail);
      }
    }

    /// Its processes end. Whether anybody is told is left to chance.
    void loseBroker() {
      if (worker != null) {
        worker.alive = false;
      }
      timer.schedule(
          delay(),
          () -> {
            leave(false);
            if (random.nextBoolean()) {
              return;
            }
            if (worker != null) {
              worker.exited.complete(new WorkerExit(false, "simulated: the broker is gone"));
            } else {
              stage.completeExceptionally(
                  new UncleanStartException("simulated: the broker is gone", null));
            }
          });
    }
  }

  /// A worker of the simulation.
  final class SimWorker implements Worker {
    private final Attempt attempt;
    private final CompletableFuture<WorkerExit> exited =
        chance(malice.exitsTwice)
            ? new EchoStage<>(again -> timer.schedule(delay().multipliedBy(10), again))
            : new CompletableFuture<>();
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
      if (!alive) {
        foundDead++;
      }
      return alive;
    }

    @Override
    public void kill(EndCause cause) {
      kills++;
      if (!dead && (!deaf || kills > 1 || healed)) {
        die();
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
      timer.schedule(endDelay(), this::exit);
    }

    private void exit() {
      if (dead || exited.isDone()) {
        return;
      }
      alive = false;
      boolean clean = !chance(malice.exitsUnclean);
      attempt.leave(clean);
      if (clean) {
        lastGone = this;
      }
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

  /// A stage that tells its listeners everything twice, the second time when `again` sees fit.
  private static final class EchoStage<T> extends CompletableFuture<T> {
    private final Consumer<Runnable> again;

    EchoStage(Consumer<Runnable> again) {
      this.again = again;
    }

    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
      return super.whenComplete((value, failure) -> {
        action.accept(value, failure);
        again.accept(() -> action.accept(value, failure));
      });
    }
  }
}
