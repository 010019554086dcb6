// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// How a worker ended, as far as it concerns the pool.
///
/// @param accountClean whether every process is gone, the folder wiped and the limits reset. If
///   not, the account is quarantined
/// @param detail status or signal, for people
public record WorkerExit(boolean accountClean, String detail) {}
