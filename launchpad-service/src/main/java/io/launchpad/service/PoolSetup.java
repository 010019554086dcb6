// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service;

import static io.launchpad.pool.PoolConfig.Range.Next.NEWEST;
import static io.launchpad.pool.PoolConfig.Range.Next.OLDEST;

import io.launchpad.pool.PoolConfig;
import io.launchpad.pool.WorkerAccount;
import io.launchpad.pool.WorkerKey;
import io.launchpad.sandbox.SandboxFacts.AccountRange;
import io.launchpad.sandbox.UnixAccount;
import io.launchpad.service.config.ParkedRange;
import io.launchpad.service.config.ResourcePoolSettings;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.ServiceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The pool's configuration and accounts, out of the service's configuration and what the broker
/// has.
final class PoolSetup {
  /// A call of one row is over by then, and does not share the processors with the next satellite's
  /// start.
  private static final Duration REFILL_DELAY = Duration.ofMillis(5);

  private static final Duration SHED_PAUSE = Duration.ofSeconds(10);
  private static final Duration END_DEADLINE = Duration.ofSeconds(10);
  private static final Duration LETTING_GO = Duration.ofMinutes(1);
  private static final Duration BACKOFF_MIN = Duration.ofMillis(200);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(30);
  private static final int START_FAILURES_MAX = 3;

  private PoolSetup() {}

  /// The pool's accounts. Where the broker has a single uid, its own, they are numbered places
  /// instead: the pool never gives one uid to two satellites.
  static List<WorkerAccount> accounts(AccountRange range, ServiceConfig config) {
    if (range.isShared()) {
      return IntStream.rangeClosed(1, config.accounts().forSatellites())
          .mapToObj(place -> new WorkerAccount(config.accounts().name(place), place, place))
          .toList();
    }
    requireEnough(range, config);
    return IntStream.range(0, range.count())
        .mapToObj(i ->
            new WorkerAccount(
                config.accounts().name(i + 1), range.uidFirst() + i, range.gidFirst() + i))
        .toList();
  }

  /// For the log.
  static String describe(AccountRange range, ServiceConfig config) {
    int last = range.isShared() ? config.accounts().forSatellites() : range.count();
    String names = config.accounts().name(1) + " to " + config.accounts().name(last);
    return range.isShared()
        ? "%s, all of them uid %d".formatted(names, range.uidFirst())
        : "%s, uids %d to %d"
            .formatted(names, range.uidFirst(), range.uidFirst() + range.count() - 1);
  }

  /// The broker has the accounts it was started with, whatever the service's file says: as an
  /// ordinary user those of /etc/subuid.
  private static void requireEnough(AccountRange range, ServiceConfig config) {
    int wanted = Math.max(config.pool().sessionsMax(), config.pool().parkedMax());
    if (wanted > range.count()) {
      throw new StartException(
          "the broker has %d worker accounts for satellites, but pool.sessions-max = %d and pool.parked-max = %d; lower them, or give it more: accounts.count = %d, and to an ordinary user as many in /etc/subuid and /etc/subgid"
              .formatted(
                  range.count(),
                  config.pool().sessionsMax(),
                  config.pool().parkedMax(),
                  wanted + 1));
    }
  }

  /// Whom a satellite in a place of the pool really runs as.
  static UnixAccount unixAccount(AccountRange range, WorkerAccount account) {
    if (range.isShared()) {
      var own = range.account(0);
      return new UnixAccount(account.name(), own.uid(), own.gid());
    }
    return new UnixAccount(account.name(), account.uid(), account.gid());
  }

  static PoolConfig config(ServiceConfig config, int accounts) {
    var settings = config.pool();
    Map<String, Integer> perPool =
        config.resourcePools().stream()
            .collect(
                Collectors.toMap(ResourcePoolSettings::name, ResourcePoolSettings::sessionsMax));
    return new PoolConfig(
        new PoolConfig.Admission(
            accounts,
            settings.sessionsMax(),
            settings.sessionsPerIdentityMax(),
            perPool,
            settings.queueMax(),
            settings.queuePerIdentityMax(),
            settings.queueWait()),
        new PoolConfig.Parking(
            ranges(config),
            settings.parkedMax(),
            REFILL_DELAY,
            refillingMax(),
            settings.idleTimeout(),
            SHED_PAUSE),
        new PoolConfig.Starts(
            settings.startingMax(),
            settings.startTimeout(),
            BACKOFF_MIN,
            BACKOFF_MAX,
            START_FAILURES_MAX),
        END_DEADLINE,
        leakAfter(config));
  }

  /// No session holds a satellite for longer: it has its deadline, its grace, and some time to let
  /// go.
  private static Duration leakAfter(ServiceConfig config) {
    return config.limits().deadline().plus(config.limits().grace()).plus(LETTING_GO);
  }

  /// Starting a satellite is work for one processor; half of them stay with the sessions.
  private static int refillingMax() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }

  private static Map<WorkerKey, PoolConfig.Range> ranges(ServiceConfig config) {
    Map<String, PoolConfig.Range.Next> next =
        config.runtimes().stream()
            .collect(Collectors.toMap(RuntimeConfig::name, PoolSetup::nextOfParked));
    return config.parked().stream()
        .filter(range -> range.max() > 0)
        .collect(
            Collectors.toMap(
                PoolSetup::key,
                range ->
                    new PoolConfig.Range(
                        range.min(), range.max(), next.getOrDefault(range.runtime(), NEWEST))));
  }

  /// Executed ones may go on warming themselves while they are parked.
  private static PoolConfig.Range.Next nextOfParked(RuntimeConfig runtime) {
    return switch (runtime.start()) {
      case FORK -> NEWEST;
      case EXEC -> OLDEST;
    };
  }

  static WorkerKey key(ParkedRange range) {
    return new WorkerKey(range.runtime(), range.resourcePool());
  }
}
