// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import io.launchpad.pool.HostileFactory.Attempt;
import io.launchpad.pool.HostileFactory.SimWorker;
import io.launchpad.pool.SimulationModel.Asked;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// One run of the pool in a made-up world that is wholly decided by a seed.
///
/// Calls out of the pool are kept and made later in any order, which stands for every interleaving
/// of threads; every third seed makes them at once and in order, so that fairness can be measured.
final class PoolSimulation {
  private static final int STEPS = 250;
  private static final int TRACE_LINES = 40;
  private final SplittableRandom random;
  private final FakeTimer timer = new FakeTimer();
  private final List<Runnable> tasks = new ArrayList<>();
  private final Deque<String> trace = new ArrayDeque<>();
  private final SimulationSetting setting;
  private final AccountTruth<Attempt> accounts = new AccountTruth<>();
  private HostileFactory factory;
  private SimulationModel model;
  private WorkerPool<SimWorker> pool;
  private @Nullable HostileFactory lastFactory;
  private boolean keepingLeases;

  PoolSimulation(long seed) {
    random = new SplittableRandom(seed);
    setting = SimulationSetting.draw(random);
    factory = broker();
    model = model();
    pool = service();
  }

  private HostileFactory broker() {
    return new HostileFactory(timer, random.split(), setting.malice(), accounts);
  }

  private SimulationModel model() {
    boolean fair = setting.isStrictlyFair();
    return new SimulationModel(
        setting.config(), setting.accounts(), fair, fair && setting.oneKey());
  }

  private WorkerPool<SimWorker> service() {
    return WorkerPool.start(
        setting.config(),
        setting.makeAccounts(),
        factory,
        new PoolEnvironment(timer, tasks::add, random.split(), model));
  }

  /// Runs to the end. An error carries what happened last.
  void run() {
    try {
      live(STEPS);
      if (random.nextInt(4) == 0) {
        loseTheBrokerAmidEverything();
        live(STEPS / 4);
      }
      if (random.nextInt(4) == 0) {
        drainAmidEverything();
      } else {
        healAndServe();
      }
      finish();
    } catch (Throwable e) {
      throw new AssertionError(
          e + "\n  with " + setting + "\n  after\n    " + String.join("\n    ", trace), e);
    }
  }

  // What happens

  private void live(int steps) {
    for (int step = 0; step < steps; step++) {
      act();
      if (setting.orderly()) {
        settle();
      }
      check();
    }
  }

  private void act() {
    int dice = random.nextInt(100);
    if (dice < 26) {
      borrow();
    } else if (dice < 31) {
      cancel();
    } else if (dice < 49) {
      release();
    } else if (dice < 52) {
      replace();
    } else if (dice < 72) {
      advance(Duration.ofMillis(random.nextInt(12)));
    } else if (dice < 74) {
      advance(Duration.ofMillis(random.nextInt(300)));
    } else if (dice < 75) {
      endOutdated();
    } else if (dice < 76) {
      shed();
    } else if (dice < 78 && !model.isStrictlyFair()) {
      kill();
    } else if (dice < 79) {
      readmit();
    } else if (dice < 90) {
      runTasks(1 + random.nextInt(4));
    } else {
      settle();
    }
  }

  private void borrow() {
    int tasks = setting.oneKey() || random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(4);
    var identity = new Identity("engine", "user" + random.nextInt(4));
    long wait = Duration.ofMillis(random.nextInt(200)).toNanos();
    WorkerKey key = setting.keys().get(random.nextInt(setting.keys().size()));
    String id = "r" + model.asked().size();
    var request = new LeaseRequest(key, identity, id, timer.nanoTime() + wait, tasks);
    note("borrow " + request);
    Asked asked = model.ask(request, timer.nanoTime());
    var promise = pool.borrowAll(request);
    model.asked(asked, promise, promise);
  }

  private void cancel() {
    List<Asked> pending = model.pending();
    if (!pending.isEmpty()) {
      Asked asked = pending.get(random.nextInt(pending.size()));
      note("cancel " + asked.request().requestId());
      model.cancelled(asked);
      asked.promise().cancel(false);
    }
  }

  private void release() {
    List<WorkerLease<SimWorker>> open = model.openLeases();
    if (!open.isEmpty()) {
      release(open.get(random.nextInt(open.size())));
    }
  }

  private void release(WorkerLease<SimWorker> lease) {
    note("release " + lease);
    Outcome[] outcomes = Outcome.values();
    model.released(lease);
    lease.release(outcomes[random.nextInt(outcomes.length)]);
    if (random.nextInt(10) == 0) {
      lease.close();
    }
  }

  private void replace() {
    List<WorkerLease<SimWorker>> open = model.openLeases();
    if (!open.isEmpty()) {
      var lease = open.get(random.nextInt(open.size()));
      note("replace " + lease);
      model.released(lease);
      Asked asked = model.askReplacement(lease);
      var promise = lease.replaceDead();
      model.asked(asked, promise, promise.thenApply(List::of));
    }
  }

  private void shed() {
    int workers = 1 + random.nextInt(3);
    int before = pool.snapshot().workers().parked();
    int ended = pool.shed(workers);
    note("shed " + ended);
    SimulationModel.require(ended == Math.min(workers, before), "shed", ended, before);
  }

  private void kill() {
    if (random.nextInt(4) == 0) {
      killZygote();
    } else {
      murder();
    }
  }

  private void killZygote() {
    WorkerKey key = setting.keys().get(random.nextInt(setting.keys().size()));
    Optional<Duration> outage =
        random.nextInt(4) == 0
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(random.nextInt(100)));
    note("the zygote of " + key.runtime() + " dies, for " + outage);
    factory.zygoteDies(key.runtime(), outage);
  }

  private void endOutdated() {
    int most = random.nextInt(3);
    int before = pool.snapshot().workers().parked();
    int ended = pool.endOutdated(_ -> true, most);
    note("outdated " + ended);
    SimulationModel.require(ended == Math.min(most, before), "outdated", ended, before);
  }

  private void murder() {
    List<SimWorker> workers = factory.workers();
    if (!workers.isEmpty()) {
      SimWorker worker = workers.get(random.nextInt(workers.size()));
      note(worker + " dies");
      worker.die();
    }
  }

  private void readmit() {
    for (var account : accounts.soiled()) {
      boolean readmitted = pool.readmit(account);
      note("readmit " + account.name() + ": " + readmitted);
      // If not, the pool has not heard yet that it is soiled.
      accounts.clean(account, readmitted);
    }
  }

  private void advance(Duration time) {
    note(time.toMillis() + " ms pass");
    long until = timer.nanoTime() + time.toNanos();
    while (timer.advanceToNext(until)) {
      if (setting.orderly() || random.nextInt(3) == 0) {
        settle();
      }
      check();
    }
  }

  private void runTasks(int most) {
    for (int i = 0; i < most && !tasks.isEmpty(); i++) {
      tasks.remove(setting.orderly() ? 0 : random.nextInt(tasks.size())).run();
    }
  }

  private void settle() {
    while (!tasks.isEmpty()) {
      runTasks(1);
    }
  }

  // How it ends

  private void drainAmidEverything() {
    note("drain");
    var drained = pool.drain(Duration.ofMillis(random.nextInt(100)));
    keepingLeases = true;
    for (int step = 0; step < 40; step++) {
      act();
      check();
    }
    pass(Duration.ofSeconds(2));
    SimulationModel.require(drained.isDone(), "drain did not end");
    keepingLeases = false;
    factory.heal();
    model.openLeases().forEach(this::release);
  }

  /// The service ends with its broker, and the service manager starts both again. What is left of
  /// the first pool must neither start nor disturb anything of the second.
  private void loseTheBrokerAmidEverything() {
    note("the broker dies");
    factory.die();
    keepingLeases = true;
    for (int step = 0; step < 20; step++) {
      act();
      check();
    }
    pass(Duration.ofMillis(10));
    SimulationModel.require(factory.ended().toCompletableFuture().isDone(), "nobody was told");
    keepingLeases = false;
    model.openLeases().forEach(this::release);
    var drained = pool.drain(Duration.ofDays(1));
    settle();
    SimulationModel.require(drained.isDone(), "waits for what no factory ends");
    model.checkEndOfFactory(pool.snapshot());
    note("the next broker");
    accounts.sweep();
    lastFactory = factory;
    factory = broker();
    model = model();
    pool = service();
  }

  /// After all the trouble the pool must serve as if nothing had been: no slot lost, no alarm
  /// missed.
  private void healAndServe() {
    note("the factory heals");
    factory.heal();
    model.openLeases().forEach(this::release);
    pass(Duration.ofSeconds(3));
    model.checkAtRest(pool.snapshot(), factory);
    int usable =
        Math.min(setting.config().admission().sessionsMax(), pool.snapshot().accounts().free());
    usable += pool.snapshot().workers().parked();
    if (usable == 0) {
      return;
    }
    for (var key : setting.keys()) {
      var identity = new Identity("engine", "late");
      var request =
          new LeaseRequest(
              key,
              identity,
              "r" + model.asked().size(),
              timer.nanoTime() + Duration.ofSeconds(1).toNanos(),
              1);
      note("borrow, which must succeed: " + request);
      Asked asked = model.ask(request, timer.nanoTime());
      var promise = pool.borrowAll(request);
      model.asked(asked, promise, promise);
      pass(Duration.ofMillis(900));
      SimulationModel.require(
          asked.future().isDone() && !asked.future().isCompletedExceptionally(),
          "a healthy pool does not serve",
          key,
          asked.future(),
          pool.snapshot());
      model.openLeases().forEach(this::release);
    }
    pass(Duration.ofMillis(500));
    note("drain");
    var drained = pool.drain(Duration.ZERO);
    pass(Duration.ofMillis(100));
    SimulationModel.require(
        drained.isDone() || pool.snapshot().abandoned() > 0, "drain did not end");
  }

  private void finish() {
    pass(Duration.ofSeconds(2));
    model.checkEnd(pool.snapshot(), factory, setting.accounts());
  }

  private void pass(Duration time) {
    settleAndRelease();
    long until = timer.nanoTime() + time.toNanos();
    while (timer.advanceToNext(until)) {
      settleAndRelease();
      check();
    }
    check();
  }

  /// What a call grants is held by nobody, even when no alarm is set that could come after it.
  private void settleAndRelease() {
    settle();
    while (!keepingLeases && !model.openLeases().isEmpty()) {
      model.openLeases().forEach(this::release);
      settle();
    }
  }

  private void check() {
    if (lastFactory != null && lastFactory.broken() != null) {
      throw lastFactory.broken();
    }
    model.check(pool.snapshot(), factory);
    if (tasks.isEmpty() && !timer.isDue()) {
      model.checkSettled(pool.snapshot(), factory, timer.nanoTime());
    }
  }

  private void note(String what) {
    trace.add(what);
    if (trace.size() > TRACE_LINES) {
      trace.removeFirst();
    }
  }
}
