// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The failed starts of one key, and how long to wait before the next try.
///
/// Failures are forgotten when a worker proves good (is handed out alive) or after a quiet time of
/// twice the longest pause and the start deadline (a hanging start takes that long to fail). A
/// start that succeeds is no proof, for its worker may die while parked.
final class Backoff {
  private final long minNanos;
  private final long maxNanos;
  private final long quietNanos;
  private final RandomGenerator random;
  private int consecutive;
  private long notBeforeNanos;
  private long lastNanos;
  private long latestGenerationAtFailure;
  private @Nullable Throwable last;

  Backoff(PoolConfig.Starts config, RandomGenerator random) {
    this.minNanos = config.backoffMin().toNanos();
    this.maxNanos = config.backoffMax().toNanos();
    this.quietNanos = 2 * maxNanos + config.deadline().toNanos();
    this.random = random;
  }

  /// Counts a failure. Workers that were under way when an earlier one failed share its cause, so
  /// they do not count again: eight starts that fail together, or all the children of one dead
  /// zygote, are one failure.
  ///
  /// @param latestGeneration the newest worker of the pool
  void failed(long generation, long latestGeneration, long nowNanos, Throwable cause) {
    boolean counted = remembers(nowNanos);
    if (!counted) {
      consecutive = 0;
    }
    last = cause;
    lastNanos = nowNanos;
    if (counted && generation <= latestGenerationAtFailure) {
      return;
    }
    consecutive++;
    latestGenerationAtFailure = latestGeneration;
    long pause = minNanos;
    for (int i = 1; i < consecutive && pause < maxNanos; i++) {
      pause = Math.min(maxNanos, pause * 2);
    }
    notBeforeNanos = nowNanos + pause / 2 + random.nextLong(pause / 2 + 1);
  }

  void forget() {
    consecutive = 0;
    last = null;
  }

  boolean remembers(long nowNanos) {
    return consecutive > 0 && nowNanos - forgottenAtNanos() < 0;
  }

  long forgottenAtNanos() {
    return lastNanos + quietNanos;
  }

  boolean blocks(long nowNanos) {
    return consecutive > 0 && nowNanos - notBeforeNanos < 0;
  }

  long notBeforeNanos() {
    return notBeforeNanos;
  }

  int consecutive() {
    return consecutive;
  }

  /// The last failure, unless it is forgotten.
  @Nullable Throwable last(long nowNanos) {
    return remembers(nowNanos) ? last : null;
  }
}
