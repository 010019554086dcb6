// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the zygotes from time to time, on a thread of its own: whoever asks for a satellite
/// never waits for it.
public final class ZygoteWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZygoteWatch.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("zygote-watch").daemon().factory());

  private ZygoteWatch() {}

  public static ZygoteWatch start(Zygotes zygotes, ParkedEnder pool, Duration interval) {
    var watch = new ZygoteWatch();
    var _ =
        watch.thread.scheduleWithFixedDelay(
            () -> look(zygotes, pool),
            interval.toNanos(),
            interval.toNanos(),
            TimeUnit.NANOSECONDS);
    return watch;
  }

  private static void look(Zygotes zygotes, ParkedEnder pool) {
    try {
      zygotes.check(pool);
    } catch (RuntimeException e) {
      LOG.error("looking at the zygotes failed; it is tried again", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
