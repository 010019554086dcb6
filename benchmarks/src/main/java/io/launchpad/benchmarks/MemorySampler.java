// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Watches the resident memory of some processes, together, every 100 ms.
final class MemorySampler implements AutoCloseable {
  private static final long PERIOD_MILLIS = 100;

  private final List<Long> pids;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("memory-sampler").factory());
  private volatile long least = Long.MAX_VALUE;
  private volatile long most;

  private MemorySampler(List<Long> pids) {
    this.pids = pids;
  }

  static MemorySampler start(List<Long> pids) {
    if (pids.size() != 2) {
      throw new IllegalStateException("a broker and a Java VM were expected: " + pids);
    }
    var sampler = new MemorySampler(pids);
    var _ =
        sampler.timer.scheduleAtFixedRate(sampler::sample, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return sampler;
  }

  private void sample() {
    long bytes = pids.stream().mapToLong(MemorySampler::resident).sum();
    least = Math.min(least, bytes);
    most = Math.max(most, bytes);
  }

  private static long resident(long pid) {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      String line = lines.filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long least() {
    return least;
  }

  long most() {
    return most;
  }

  /// Takes no more samples; they stay readable.
  void stop() throws InterruptedException {
    timer.shutdown();
    if (!timer.awaitTermination(10, TimeUnit.SECONDS) || most == 0) {
      throw new IllegalStateException("memory was not sampled");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
