// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import io.launchpad.pool.HostileFactory.Malice;
import io.launchpad.pool.HostileFactory.SimWorker;
import io.launchpad.pool.SimulationModel.Asked;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

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
  private final boolean orderly;
  private final boolean oneKey;
  private final PoolConfig config;
  private final HostileFactory factory;
  private final WorkerPool<SimWorker> pool;
  private final SimulationModel model;
  private final List<WorkerKey> keys;
  private final int accounts;
  private final String setting;
  private boolean keepingLeases;

  PoolSimulation(long seed) {
    random = new SplittableRandom(seed);
    orderly = random.nextInt(3) == 0;
    oneKey = orderly && random.nextBoolean();
    keys = makeKeys();
    config = makeConfig();
    Malice malice = oneKey ? Malice.NONE : makeMalice();
    accounts = config.admission().slotsMax() + random.nextInt(4);
    factory = new HostileFactory(timer, random.split(), malice);
    boolean strictlyFair = orderly && malice.diesParked() + malice.deadOnArrival() == 0;
    model = new SimulationModel(config, accounts, strictlyFair, strictlyFair && oneKey);
    setting = "orderly=%s accounts=%d %s %s".formatted(orderly, accounts, config, malice);
    pool =
        WorkerPool.start(
            config,
            makeAccounts(),
            factory,
            new PoolEnvironment(timer, tasks::add, random.split(), model));
  }

  /// Runs to the end. An error carries what happened last.
  void run() {
    try {
      for (int step = 0; step < STEPS; step++) {
        act();
        if (orderly) {
          settle();
        }
        check();
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
    } else if (dice < 76) {
      shed();
    } else if (dice < 78 && !model.isStrictlyFair()) {
      murder();
    } else if (dice < 79) {
      readmit();
    } else if (dice < 90) {
      runTasks(1 + random.nextInt(4));
    } else {
      settle();
    }
  }

  private void borrow() {
    int tasks = oneKey || random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(4);
    var identity = new Identity("engine", "user" + random.nextInt(4));
    long wait = Duration.ofMillis(random.nextInt(200)).toNanos();
    WorkerKey key = keys.get(random.nextInt(keys.size()));
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

  private void murder() {
    List<SimWorker> workers = factory.workers();
    if (!workers.isEmpty()) {
      SimWorker worker = workers.get(random.nextInt(workers.size()));
      note(worker + " dies");
      worker.die();
    }
  }

  private void readmit() {
    for (var account : List.copyOf(factory.soiled)) {
      factory.soiled.remove(account);
      boolean readmitted = pool.readmit(account);
      note("readmit " + account.name() + ": " + readmitted);
      if (!readmitted) {
        factory.soiled.add(account); // the pool has not heard yet that it is soiled
      }
    }
  }

  private void advance(Duration time) {
    note(time.toMillis() + " ms pass");
    long until = timer.nanoTime() + time.toNanos();
    while (timer.advanceToNext(until)) {
      if (orderly || random.nextInt(3) == 0) {
        settle();
      }
      check();
    }
  }

  private void runTasks(int most) {
    for (int i = 0; i < most && !tasks.isEmpty(); i++) {
      tasks.remove(orderly ? 0 : random.nextInt(tasks.size())).run();
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

  /// After all the trouble the pool must serve as if nothing had been: no slot lost, no alarm
  /// missed.
  private void healAndServe() {
    note("the factory heals");
    factory.heal();
    model.openLeases().forEach(this::release);
    pass(Duration.ofSeconds(3));
    model.checkAtRest(pool.snapshot(), factory);
    int usable = Math.min(config.admission().sessionsMax(), pool.snapshot().accounts().free());
    usable += pool.snapshot().workers().parked();
    if (usable == 0) {
      return;
    }
    for (var key : keys) {
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
    model.checkEnd(pool.snapshot(), factory, accounts);
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

  // What it is made of

  private List<WorkerKey> makeKeys() {
    if (oneKey) {
      return List.of(new WorkerKey("python", "default"));
    }
    return List.of(
        new WorkerKey("python", "default"),
        new WorkerKey("python", "small"),
        new WorkerKey("r", "default"));
  }

  private PoolConfig makeConfig() {
    int slots = 1 + random.nextInt(8);
    int sessions = 1 + random.nextInt(slots);
    int parkedMax = random.nextInt(slots + 1);
    Map<WorkerKey, PoolConfig.Range> ranges = new LinkedHashMap<>();
    int left = parkedMax;
    for (var key : keys) {
      if (random.nextInt(3) > 0) {
        int min = random.nextInt(left + 1);
        left -= min;
        ranges.put(key, new PoolConfig.Range(min, min + random.nextInt(3)));
      }
    }
    return new PoolConfig(
        new PoolConfig.Admission(
            slots,
            sessions,
            oneKey ? sessions : 1 + random.nextInt(sessions),
            random.nextBoolean() ? Map.of("small", 1 + random.nextInt(2)) : Map.of(),
            1 + random.nextInt(12),
            1 + random.nextInt(6),
            millisFrom(150, 400)),
        new PoolConfig.Parking(
            ranges, parkedMax, millis(4), 1 + random.nextInt(4), millisFrom(1, 200), millis(60)),
        new PoolConfig.Starts(
            1 + random.nextInt(4),
            millisFrom(10, 40),
            millisFrom(1, 10),
            millisFrom(12, 80),
            1 + random.nextInt(5)),
        millisFrom(20, 100),
        random.nextBoolean() ? Duration.ZERO : millisFrom(50, 300));
  }

  private Malice makeMalice() {
    if (random.nextInt(5) == 0) {
      return Malice.NONE;
    }
    return new Malice(
        percent(40),
        percent(20),
        percent(10),
        percent(20),
        percent(30),
        percent(20),
        percent(20),
        percent(20),
        percent(10),
        percent(20),
        percent(30));
  }

  private int percent(int most) {
    return random.nextBoolean() ? 0 : random.nextInt(most);
  }

  private Duration millis(int bound) {
    return millisFrom(0, bound);
  }

  private Duration millisFrom(int least, int range) {
    return Duration.ofMillis(least + random.nextInt(range));
  }

  private List<WorkerAccount> makeAccounts() {
    List<WorkerAccount> made = new ArrayList<>();
    for (int i = 0; i < accounts; i++) {
      made.add(new WorkerAccount("launchpad%02d".formatted(i), 7000 + i, 7000 + i));
    }
    return made;
  }
}
