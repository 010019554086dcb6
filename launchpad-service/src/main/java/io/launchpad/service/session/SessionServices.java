// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import io.launchpad.pool.PoolStats;
import io.launchpad.service.config.LimitsConfig;
import io.launchpad.service.launcher.LimitedPool;
import io.launchpad.service.launcher.Runtimes;
import io.launchpad.service.launcher.WarmUps;
import io.launchpad.service.monitoring.SessionObserver;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// What every session uses of the service.
///
/// @param gate the way to the pool
/// @param pool the pool's counts, for texts
/// @param warmUps hears of each call what it has
/// @param transit memory for bytes on their way
/// @param validation where output is validated that would keep an event loop too long
/// @param nanoTime the clock deadlines are on; the same as the pool's
/// @param sessionIds makes names that are not used twice
record SessionServices(
    TaskGate gate,
    Supplier<PoolStats> pool,
    Runtimes runtimes,
    Map<String, LimitedPool> resourcePools,
    WarmUps warmUps,
    LimitsConfig limits,
    SessionObserver observer,
    TransitMemory transit,
    Executor validation,
    LongSupplier nanoTime,
    Supplier<String> sessionIds) {}
