// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.system.ChaosPlan.Kill;
import io.launchpad.system.ChaosPlan.Kind;
import io.launchpad.system.ChaosPlan.Moment;
import io.launchpad.system.ChaosPlan.Target;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One round of a chaos run: several engines call at once, and at moments of their calls somebody
/// is killed, by the thread of the very call.
final class ChaosRound {
  /// More than any call may take, and all those of one engine with a restart between.
  private static final long ENGINE_SECONDS = 3 * Deadline.LONG.toSeconds();

  private static final int LOOK_MILLIS = 50;

  private final ChaosService service;
  private final ChaosPlan.Round plan;
  private final Set<Kill> due;
  private final Set<Target> killed = EnumSet.noneOf(Target.class);
  private final List<String> kills = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();

  ChaosRound(ChaosService service, ChaosPlan.Round plan) {
    this.service = service;
    this.plan = plan;
    due = new LinkedHashSet<>(plan.kills());
  }

  void run() throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      var engines = new ArrayList<Future<?>>();
      for (int i = 0; i < plan.calls().size(); i++) {
        int number = i;
        engines.add(
            threads.submit(() -> {
              calls(number, plan.calls().get(number));
              return null;
            }));
      }
      try {
        for (Future<?> engine : engines) {
          await(engine);
        }
      } finally {
        threads.shutdownNow();
      }
    }
    service.awaitDeaths();
  }

  private void await(Future<?> engine) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ENGINE_SECONDS);
    while (true) {
      try {
        engine.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        AccountHands.assertEachInOne(service.current());
        if (System.nanoTime() > end) {
          throw new AssertionError("an engine hangs; what happened:\n" + trace(), e);
        }
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause() + "\nwhat happened:\n" + trace(), e.getCause());
      }
    }
  }

  private void calls(int number, List<Kind> kinds) throws Exception {
    try (Engine engine = Engine.of(service.awaitUp().transport())) {
      for (int i = 0; i < kinds.size(); i++) {
        int index = i;
        service.awaitUp();
        var call =
            new ChaosCall(
                engine,
                "user" + number,
                kinds.get(i),
                100 * number + i,
                moment -> reached(number, index, moment),
                this::excused);
        note(call + " begins");
        call.run();
        note(call + " is over");
      }
    }
  }

  /// Kills whom the plan has for this moment, before the call goes on. The end of a call is the
  /// last chance of those it never came to.
  private synchronized void reached(int engine, int call, Moment moment) {
    for (Kill kill : List.copyOf(due)) {
      if (kill.engine() == engine
          && kill.call() == call
          && (kill.moment() == moment || moment == Moment.ENDED)) {
        due.remove(kill);
        // Before it is done: what follows must be excused.
        killed.add(kill.target());
        String what =
            "%s when call %d of engine %d was %s"
                .formatted(service.kill(kill), call, engine, moment);
        kills.add(what);
        note("killed " + what);
      }
    }
  }

  private synchronized Set<ErrorCode> excused() {
    var excused = EnumSet.noneOf(ErrorCode.class);
    if (!killed.isEmpty()) {
      // The second when those that were to take its place died too.
      excused.add(ErrorCode.SATELLITE_LOST);
      excused.add(ErrorCode.LAUNCH_FAILED);
    }
    if (killed.stream().anyMatch(Target::takesAll)) {
      excused.add(ErrorCode.CONNECTION_LOST);
      excused.add(ErrorCode.UNREACHABLE);
      excused.add(ErrorCode.SHUTTING_DOWN);
    }
    return excused;
  }

  synchronized List<String> kills() {
    return List.copyOf(kills);
  }

  private synchronized void note(String what) {
    trace.add(what);
  }

  private synchronized String trace() {
    return String.join("\n", trace);
  }
}
