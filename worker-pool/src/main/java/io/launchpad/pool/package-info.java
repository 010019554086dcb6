// SPDX-License-Identifier: Apache-2.0
/// Admission and ownership of workers: accounts, slots, leases, fair queues and resource pools.
///
/// Pure Java over a [io.launchpad.pool.WorkerFactory]; knows nothing of processes, sockets or data.
/// Start at [io.launchpad.pool.WorkerPool]; how it is built inside stands at `PoolState`.
@NullMarked
package io.launchpad.pool;

import org.jspecify.annotations.NullMarked;
