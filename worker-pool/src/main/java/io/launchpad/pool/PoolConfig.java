// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pool's limits and paces. A bad number is refused here, never replaced.
///
/// @param endDeadline how long a worker may take to end before it is asked again and reported as
///   stuck
/// @param leakAfter how long a lease may be open before it is reported with the place it was
///   borrowed at; zero is never, and spares taking the trace
public record PoolConfig(
    Admission admission, Parking parking, Starts starts, Duration endDeadline, Duration leakAfter) {
  public PoolConfig {
    Checks.positive(endDeadline, "endDeadline");
    Checks.notNegative(leakAfter, "leakAfter");
    Checks.atMost(admission.slotsMax, "slotsMax", parking.parkedMax, "parkedMax");
  }

  /// Who may have how much at once.
  ///
  /// @param slotsMax workers in all, in whatever state
  /// @param sessionsMax leased workers in all, at most `slotsMax`
  /// @param sessionsPerResourcePoolMax by name; a resource pool that is not named has no limit of
  ///   its own
  /// @param queueMax requests that may wait; one whose worker was found dead waits again in any
  ///   case
  /// @param queuePerIdentityMax requests of one identity that may wait, so that one cannot fill the
  ///   queue
  /// @param waitMax the longest wait whatever the request's deadline
  public record Admission(
      int slotsMax,
      int sessionsMax,
      int sessionsPerIdentityMax,
      Map<String, Integer> sessionsPerResourcePoolMax,
      int queueMax,
      int queuePerIdentityMax,
      Duration waitMax) {
    public Admission {
      sessionsPerResourcePoolMax = Map.copyOf(sessionsPerResourcePoolMax);
      Checks.atLeast(1, slotsMax, "slotsMax");
      Checks.atLeast(1, sessionsMax, "sessionsMax");
      Checks.atMost(slotsMax, "slotsMax", sessionsMax, "sessionsMax");
      Checks.atLeast(1, sessionsPerIdentityMax, "sessionsPerIdentityMax");
      sessionsPerResourcePoolMax.forEach(
          (name, max) -> Checks.atLeast(1, max, "sessionsPerResourcePoolMax of " + name));
      Checks.atLeast(1, queueMax, "queueMax");
      Checks.atLeast(1, queuePerIdentityMax, "queuePerIdentityMax");
      Checks.positive(waitMax, "waitMax");
    }
  }

  /// How many workers wait ready, and for how long.
  ///
  /// @param ranges per key; a key that is not named is started when asked for
  /// @param parkedMax parked workers in all that refilling stops at
  /// @param refillDelay how long after the lease that took a worker its place is refilled, so that
  ///   the session is not slowed down by the start of the next one; a key of which nothing is left
  ///   is refilled at once
  /// @param refillingMax starts under way at which none is begun that no request asked for
  /// @param idleTimeout how long a worker above its key's minimum stays parked
  /// @param shedPause how long refilling rests after memory was short
  public record Parking(
      Map<WorkerKey, Range> ranges,
      int parkedMax,
      Duration refillDelay,
      int refillingMax,
      Duration idleTimeout,
      Duration shedPause) {
    public Parking {
      ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges)); // in the given order
      Checks.atLeast(0, parkedMax, "parkedMax");
      Checks.notNegative(refillDelay, "refillDelay");
      Checks.atLeast(1, refillingMax, "refillingMax");
      Checks.positive(idleTimeout, "idleTimeout");
      Checks.notNegative(shedPause, "shedPause");
      long minima = ranges.values().stream().mapToLong(Range::min).sum();
      Checks.atMost(parkedMax, "parkedMax", minima, "the sum of parked minima");
    }
  }

  /// Parked workers of one key: kept at the minimum, grown up to the maximum while requests find
  /// none.
  ///
  /// @param next which of them is leased next
  public record Range(int min, int max, Next next) {
    static final Range NONE = new Range(0, 0);

    /// Which of several parked workers a request gets.
    public enum Next {
      /// Whose memory is still in the processors' caches; a surplus shows as old workers.
      NEWEST,
      /// For workers that become better while they are parked.
      OLDEST
    }

    public Range(int min, int max) {
      this(min, max, Next.NEWEST);
    }

    public Range {
      Checks.atLeast(0, min, "parked minimum");
      Checks.atLeast(min, max, "parked maximum");
    }
  }

  /// How workers are started, and what happens when that fails.
  ///
  /// @param startingMax starts under way at once
  /// @param deadline how long a start may take before it is given up
  /// @param backoffMin the pause after a first failure; doubles with each further one
  /// @param failuresMax failures in a row after which waiting requests of the key are refused
  public record Starts(
      int startingMax,
      Duration deadline,
      Duration backoffMin,
      Duration backoffMax,
      int failuresMax) {
    public Starts {
      Checks.atLeast(1, startingMax, "startingMax");
      Checks.positive(deadline, "start deadline");
      Checks.positive(backoffMin, "backoffMin");
      Checks.positive(backoffMax, "backoffMax");
      if (backoffMax.compareTo(backoffMin) < 0) {
        throw new IllegalArgumentException(
            "backoffMax %s is less than backoffMin %s".formatted(backoffMax, backoffMin));
      }
      Checks.atLeast(1, failuresMax, "failuresMax");
    }
  }
}
