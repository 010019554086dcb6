// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// What the pool takes from its surroundings, so that tests can hold all of it in their hands.
///
/// @param executor runs every call out of the pool (factory, worker, observer, completed futures).
///   A task may block when an implementation breaks its contract, so a thread per task (virtual) is
///   right. Must outlive the pool
/// @param random spreads the retries of failed starts; used under the pool's lock only
public record PoolEnvironment(
    PoolTimer timer, Executor executor, RandomGenerator random, PoolObserver observer) {}
