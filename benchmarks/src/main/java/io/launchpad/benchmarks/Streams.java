// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;

/// Bulk data there and back: 10 M rows (W2 A), through pandas (W2p A), and 10 GB with an eye on the
/// service's memory.
final class Streams {
  private static final int ROWS = 10_000_000;
  private static final int TEXT_ROWS = 2_000_000;
  private static final int WIDE_COLUMNS = 1_000;
  private static final int WIDE_ROWS = 20_000;

  /// The compilers of both Java VMs need about that long.
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(15);

  private static final long MEMORY_ROWS = 10_000_000_000L / Columns.ROW_BYTES;
  private static final long MEMORY_WARM_UP_ROWS = 1_000_000_000L / Columns.ROW_BYTES;
  private static final double MEBIBYTE = 1 << 20;

  private final int rounds;

  Streams(int rounds) {
    this.rounds = rounds;
  }

  List<Figure> arrow(ServiceProcess service, BufferAllocator allocator) throws IOException {
    double[] seconds = seconds(service, allocator, RoundTrip.arrow());
    return List.of(
        rate("W2 A, Arrow batches, one direction", "MB/s", seconds, ROWS * 28e-6),
        rate("W2 A, Arrow batches", "M rows/s", seconds, ROWS * 1e-6));
  }

  List<Figure> pandas(ServiceProcess service, BufferAllocator allocator) throws IOException {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        rate(
            "W2p A, pandas, 65,536 rows per read",
            "M rows/s",
            seconds(service, allocator, RoundTrip.pandas(ColumnsReader.BATCH_ROWS)),
            ROWS * 1e-6));
    figures.add(
        rate(
            "W2p A, pandas, one data frame",
            "M rows/s",
            seconds(service, allocator, RoundTrip.pandas()),
            ROWS * 1e-6));
    return figures;
  }

  /// A table of 1,000 columns through pandas.
  List<Figure> wide(ServiceProcess service, BufferAllocator allocator) throws IOException {
    return wide(service, allocator, "pandas", RoundTrip.pandas());
  }

  /// The same through R.
  List<Figure> rWide(ServiceProcess service, BufferAllocator allocator) throws IOException {
    return wide(service, allocator, "R", RoundTrip.r());
  }

  private List<Figure> wide(
      ServiceProcess service, BufferAllocator allocator, String language, ScriptRequest request)
      throws IOException {
    var random = new SplittableRandom(1);
    try (var columns = Columns.wide(allocator, WIDE_COLUMNS, WIDE_ROWS, random)) {
      double[] seconds = seconds(service, allocator, columns, request);
      double megabytes = 8e-6 * WIDE_COLUMNS * WIDE_ROWS;
      return List.of(
          rate("1,000 columns, " + language + ", one direction", "MB/s", seconds, megabytes));
    }
  }

  List<Figure> r(ServiceProcess service, BufferAllocator allocator) throws IOException {
    double[] seconds = seconds(service, allocator, RoundTrip.r());
    return List.of(
        rate("W2p A, R, one data frame, one direction", "MB/s", seconds, ROWS * 28e-6),
        rate("W2p A, R, one data frame", "M rows/s", seconds, ROWS * 1e-6));
  }

  List<Figure> rTexts(ServiceProcess service, BufferAllocator allocator) throws IOException {
    try (var columns = Columns.texts(allocator, TEXT_ROWS, new SplittableRandom(1))) {
      double[] seconds = seconds(service, allocator, columns, RoundTrip.r());
      return List.of(rate("texts, R, one data frame", "M rows/s", seconds, TEXT_ROWS * 1e-6));
    }
  }

  private double[] seconds(ServiceProcess service, BufferAllocator allocator, ScriptRequest request)
      throws IOException {
    try (var columns = Columns.ofWorkloadA(allocator, ROWS, new SplittableRandom(1))) {
      return seconds(service, allocator, columns, request);
    }
  }

  private double[] seconds(
      ServiceProcess service, BufferAllocator allocator, Columns columns, ScriptRequest request)
      throws IOException {
    try (var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      long began = System.nanoTime();
      while (System.nanoTime() - began < WARM_UP_NANOS) {
        var _ = trip.run(request, columns.rows());
      }
      double[] seconds = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        seconds[round] = trip.seconds(request, columns.rows());
      }
      return seconds;
    }
  }

  private static Figure rate(String name, String unit, double[] seconds, double amount) {
    double[] rates = new double[seconds.length];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = amount / seconds[i];
    }
    return Figure.ofRounds(name, unit, rates);
  }

  /// One call of 10 GB each way. Of the first gigabyte no sample is taken.
  List<Figure> memory(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException {
    try (var columns = Columns.ofWorkloadA(allocator, 1 << 20, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      // A call of its own: sampling starts between two calls, which is where the gigabyte ends.
      var _ = trip.run(RoundTrip.arrow(), MEMORY_WARM_UP_ROWS);
      try (var memory = MemorySampler.start(service.pids())) {
        double seconds = trip.seconds(RoundTrip.arrow(), MEMORY_ROWS);
        memory.stop();
        return List.of(
            Figure.single("10 GB, one direction", "MB/s", MEMORY_ROWS * 28e-6 / seconds),
            Figure.single("10 GB, service + broker, most", "MiB", memory.most() / MEBIBYTE),
            Figure.single(
                "10 GB, service + broker, most - least",
                "MiB",
                (memory.most() - memory.least()) / MEBIBYTE));
      }
    }
  }
}
