// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Why a request got no worker. No script ran and none of its bytes were read, so each may be
/// retried; whether that helps differs.
public abstract sealed class PoolException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  PoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The request can never be served under the configured limits.
  public static final class Rejected extends PoolException {
    @Serial private static final long serialVersionUID = 1;
    private final Limit limit;
    private final int asked;
    private final int allowed;

    Rejected(Limit limit, int asked, int allowed) {
      super("%d tasks at once exceed %s = %d".formatted(asked, limit, allowed), null);
      this.limit = limit;
      this.asked = asked;
      this.allowed = allowed;
    }

    public Limit limit() {
      return limit;
    }

    public int asked() {
      return asked;
    }

    public int allowed() {
      return allowed;
    }
  }

  /// The queue, or the identity's share of it, is full.
  public static final class QueueFull extends PoolException {
    @Serial private static final long serialVersionUID = 1;
    private final Limit limit;
    private final int waiting;
    private final transient PoolStats stats;

    QueueFull(Limit limit, int waiting, PoolStats stats) {
      super("%s reached: %d requests wait (%s)".formatted(limit, waiting, stats), null);
      this.limit = limit;
      this.waiting = waiting;
      this.stats = stats;
    }

    /// [Limit#QUEUE] or [Limit#QUEUE_PER_IDENTITY].
    public Limit limit() {
      return limit;
    }

    public int waiting() {
      return waiting;
    }

    public PoolStats stats() {
      return stats;
    }
  }

  /// The deadline passed in the queue. The cause is the last failed start of the key, if there was
  /// one lately.
  public static final class WaitTimeout extends PoolException {
    @Serial private static final long serialVersionUID = 1;
    private final transient WorkerKey key;
    private final Duration waited;
    private final transient PoolStats stats;

    WaitTimeout(WorkerKey key, Duration waited, PoolStats stats, @Nullable Throwable lastFailure) {
      super(
          "no worker for %s after %d ms (%s)%s"
              .formatted(
                  key,
                  waited.toMillis(),
                  stats,
                  lastFailure == null ? "" : "; last start failure: " + lastFailure),
          lastFailure);
      this.key = key;
      this.waited = waited;
      this.stats = stats;
    }

    public WorkerKey key() {
      return key;
    }

    public Duration waited() {
      return waited;
    }

    public PoolStats stats() {
      return stats;
    }
  }

  /// Workers of this key fail to start, several times in a row: waiting longer is no use.
  public static final class StartFailed extends PoolException {
    @Serial private static final long serialVersionUID = 1;
    private final transient WorkerKey key;
    private final int consecutive;

    StartFailed(WorkerKey key, int consecutive, Throwable last) {
      super(
          "workers of %s failed to start, %d in a row: %s".formatted(key, consecutive, last), last);
      this.key = key;
      this.consecutive = consecutive;
    }

    public WorkerKey key() {
      return key;
    }

    public int consecutive() {
      return consecutive;
    }
  }

  /// There is no factory any more: no worker will ever come.
  public static final class FactoryEnded extends PoolException {
    @Serial private static final long serialVersionUID = 1;

    FactoryEnded(String reason) {
      super("no worker can be started any more: " + reason, null);
    }
  }

  /// The pool takes no requests any more.
  public static final class ShuttingDown extends PoolException {
    @Serial private static final long serialVersionUID = 1;

    ShuttingDown() {
      super("the worker pool is shutting down", null);
    }
  }
}
