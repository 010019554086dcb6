// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;

/// What a parked, warmed satellite takes of the machine's memory: how much less is available with
/// 51 of them than with one.
final class ParkedMemory {
  private static final int MORE = 50;

  /// Of the service with one.
  static final List<String> SETTINGS = parked(1);

  private static final long SETTLE_SECONDS = 10;

  private ParkedMemory() {}

  private static List<String> parked(int count) {
    return List.of(
        "runtime.python.parked-min = " + count,
        "runtime.python.parked-max = " + count,
        "pool.parked-max = " + count,
        "accounts.count = 128");
  }

  static List<Figure> take(ServiceProcess one, BufferAllocator allocator)
      throws IOException, InterruptedException {
    long before = available();
    one.close();
    long without = available();
    try (var many = ServiceProcess.start(parked(1 + MORE))) {
      many.awaitProcesses("python3", 2 + MORE); // the zygote among them
      long after = available();
      double mebibytes = (double) (before - after) / MORE / (1 << 20);
      return List.of(
          Figure.single("memory of a parked satellite", "MiB", mebibytes),
          Figure.single(
              "  of the service with one", "MiB", (without - before) / (double) (1 << 20)));
    }
  }

  private static long available() throws IOException, InterruptedException {
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    String line =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(text -> text.startsWith("MemAvailable:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
