// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes to the log what an operator must know; what is countable is left to the service's own
/// observer.
final class LoggingObserver implements PoolObserver {
  private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);

  @Override
  public void startFailed(WorkerKey key, long generation, int consecutive, Throwable cause) {
    if (Integer.bitCount(consecutive) == 1) { // 1, 2, 4, 8, …: the rest says nothing new
      log.warn(
          "Worker {} of {} failed to start ({} in a row): {}",
          generation,
          key,
          consecutive,
          cause.toString());
      log.debug("Worker {} of {} failed to start", generation, key, cause);
    }
  }

  @Override
  public void ending(WorkerKey key, long generation, EndCause cause) {
    log.debug("Worker {} of {} is ended: {}", generation, key, cause);
  }

  @Override
  public void gone(WorkerKey key, long generation, WorkerExit exit) {
    log.debug("Worker {} of {} is gone: {}", generation, key, exit.detail());
  }

  @Override
  public void stuck(WorkerKey key, long generation, EndCause cause, Duration since) {
    log.error("Worker {} of {} does not end; asked {} ago: {}", generation, key, since, cause);
  }

  @Override
  public void factoryEnded(String reason) {
    log.error("No worker can be started any more, and those there were are gone: {}", reason);
  }

  @Override
  public void quarantined(WorkerAccount account, String reason) {
    log.error("Account {} is quarantined: {}", account.name(), reason);
  }

  @Override
  public void leaked(LeaseRequest request, long generation, Duration open) {
    log.warn(
        "Lease of worker {} by {} for request {} is open for {}, longer than any session may run",
        generation,
        request.identity(),
        request.requestId(),
        open);
  }
}
