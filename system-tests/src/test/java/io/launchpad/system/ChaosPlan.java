// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Who asks for what, and who is killed at which moment of which call: all of it from a seed.
record ChaosPlan(List<Round> rounds) {

  /// Whose process is killed.
  enum Target {
    SATELLITE,
    INIT,
    ZYGOTE,
    BROKER,
    SERVICE;

    /// Whether everything ends with it, and the service manager has to start anew.
    boolean takesAll() {
      return this == BROKER || this == SERVICE;
    }
  }

  /// What a call is about; see [ChaosCall].
  enum Kind {
    SHORT,
    STREAM,
    CANCEL,
    DEADLINE,
    FLOOD,
    DAEMON
  }

  /// Where a call stands, as its engine knows it. One that ends early passes the rest at its end.
  enum Moment {
    ASKED,
    MIDWAY,
    ENDED
  }

  /// @param among which of those there are: the number modulo how many
  record Kill(Target target, int engine, int call, Moment moment, int among) {}

  /// @param calls of each engine, one after another
  record Round(List<List<Kind>> calls, List<Kill> kills) {}

  /// @param moreKills at most so many in a round besides its first
  static ChaosPlan of(long seed, int rounds, int engines, int callsEach, int moreKills) {
    var random = new SplittableRandom(seed);
    List<Target> each = shuffled(Target.values(), random);
    var made = new ArrayList<Round>();
    for (int i = 0; i < rounds; i++) {
      // Each target once before any comes twice.
      Target first = i < each.size() ? each.get(i) : pick(Target.values(), random);
      made.add(round(first, engines, callsEach, moreKills, random));
    }
    return new ChaosPlan(made);
  }

  private static Round round(
      Target first, int engines, int callsEach, int moreKills, SplittableRandom random) {
    var calls = new ArrayList<List<Kind>>();
    for (int engine = 0; engine < engines; engine++) {
      var own = new ArrayList<Kind>();
      for (int call = 0; call < callsEach; call++) {
        own.add(pick(Kind.values(), random));
      }
      calls.add(own);
    }
    var kills = new ArrayList<Kill>();
    kills.add(kill(first, engines, callsEach, random));
    for (int more = random.nextInt(moreKills + 1); more > 0; more--) {
      kills.add(kill(pick(Target.values(), random), engines, callsEach, random));
    }
    return new Round(calls, kills);
  }

  private static Kill kill(Target target, int engines, int callsEach, SplittableRandom random) {
    return new Kill(
        target,
        random.nextInt(engines),
        random.nextInt(callsEach),
        pick(Moment.values(), random),
        random.nextInt(1000));
  }

  private static <T> T pick(T[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }

  private static <T> List<T> shuffled(T[] values, SplittableRandom random) {
    T[] copy = values.clone();
    for (int i = copy.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      T moved = copy[i];
      copy[i] = copy[other];
      copy[other] = moved;
    }
    return Arrays.asList(copy);
  }
}
