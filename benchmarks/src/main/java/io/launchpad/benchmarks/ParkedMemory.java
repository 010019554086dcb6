// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.arrow.memory.BufferAllocator;

/// What a parked, warmed satellite takes of the machine's memory: how much less is available with
/// many of them than with one.
///
/// @param settings of a service with so many of them
/// @param process what their processes are called
/// @param others how many more are called that
/// @param settle until they have warmed themselves
record ParkedMemory(
    String title,
    IntFunction<List<String>> settings,
    String process,
    int others,
    int more,
    Duration settle) {
  /// Forks of a zygote, which is a process like them.
  static final ParkedMemory PYTHON =
      new ParkedMemory(
          "memory of a parked satellite",
          ParkedMemory::python,
          "python3",
          1,
          50,
          Duration.ofSeconds(10));

  /// Virtual machines, which go on warming themselves while they are parked; the service is one,
  /// too.
  static final ParkedMemory JAVA =
      new ParkedMemory(
          "memory of a parked Java satellite",
          JavaCalls::settings,
          "java",
          1,
          20,
          Duration.ofMinutes(2));

  /// Of the service with one.
  List<String> ofOne() {
    return settings.apply(1);
  }

  private static List<String> python(int count) {
    return List.of(
        "runtime.python.parked-min = " + count,
        "runtime.python.parked-max = " + count,
        "pool.parked-max = " + count,
        "accounts.count = 128");
  }

  List<Figure> take(ServiceProcess one, BufferAllocator allocator)
      throws IOException, InterruptedException {
    long before = available();
    one.close();
    long without = available();
    try (var many = ServiceProcess.start(settings.apply(1 + more))) {
      many.awaitProcesses(process, 1 + more + others);
      long after = available();
      double mebibytes = (double) (before - after) / more / (1 << 20);
      return List.of(
          Figure.single(title, "MiB", mebibytes),
          Figure.single(
              "  of the service with one", "MiB", (without - before) / (double) (1 << 20)));
    }
  }

  private long available() throws IOException, InterruptedException {
    Thread.sleep(settle);
    String line =
        Files.readAllLines(Path.of("/proc/meminfo")).stream()
            .filter(text -> text.startsWith("MemAvailable:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
  }
}
