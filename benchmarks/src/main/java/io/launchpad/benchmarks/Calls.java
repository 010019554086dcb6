// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.arrow.memory.BufferAllocator;

/// Small calls: one row through a pandas script, by one client with a parked satellite waiting (W1)
/// and by 16 clients that do not pause (W4).
final class Calls {
  /// The compilers of both Java VMs need about that long, with all clients calling.
  private static final long WARM_UP_SECONDS = 20;

  /// Calls of the one client that do not count: until the pool is calm again, and the compilers
  /// know how one client calls.
  private static final int CALLS_BEFORE = 200;

  private static final int CALLS = 500;

  /// Between two calls of the one client, so that the satellite in the last one's place has been
  /// parked again.
  private static final long PAUSE_MILLIS = 20;

  private static final int CLIENTS = 16;
  private static final long CLIENTS_SECONDS = 10;

  private Calls() {}

  static List<Figure> one(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    try (var columns = new Columns(allocator, 1, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      var _ = many(trip, WARM_UP_SECONDS);
      for (int call = 0; call < CALLS_BEFORE; call++) {
        var _ = trip.run(RoundTrip.pandas(), 1);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      double[] millis = new double[CALLS];
      List<ScriptResult> results = new ArrayList<>();
      for (int call = 0; call < CALLS; call++) {
        long began = System.nanoTime();
        results.add(trip.run(RoundTrip.pandas(), 1));
        millis[call] = (System.nanoTime() - began) / 1e6;
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      List<Figure> figures = new ArrayList<>(percentiles("one row, pandas, parked", millis));
      figures.add(
          median(
              "  of it queue and lease",
              results,
              r -> r.times().queueMicros() + r.times().leaseMicros()));
      figures.add(median("  of it start", results, r -> r.times().startMicros()));
      figures.add(median("  of it run", results, r -> r.times().runMicros()));
      figures.add(median("  of it drain", results, r -> r.times().drainMicros()));
      return figures;
    }
  }

  private static Figure median(
      String name, List<ScriptResult> results, ToLongFunction<ScriptResult> micros) {
    return Figure.ofRounds(
        name, "ms", results.stream().mapToDouble(r -> micros.applyAsLong(r) / 1e3).toArray());
  }

  private static List<Figure> percentiles(String name, double[] millis) {
    Arrays.sort(millis);
    List<Figure> figures = new ArrayList<>();
    for (int percent : new int[] {50, 95, 99}) {
      figures.add(
          new Figure(
              String.format(Locale.ROOT, "%s, p%d", name, percent),
              "ms",
              Figure.percentile(millis, percent),
              millis[0],
              millis[millis.length - 1],
              millis.length));
    }
    return figures;
  }

  static List<Figure> many(ServiceProcess service, BufferAllocator allocator)
      throws InterruptedException, ExecutionException {
    try (var columns = new Columns(allocator, 1, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      var _ = many(trip, WARM_UP_SECONDS);
      double[] millis = many(trip, CLIENTS_SECONDS);
      List<Figure> figures = new ArrayList<>();
      figures.add(
          Figure.single("W4, 16 clients", "calls/s", millis.length / (double) CLIENTS_SECONDS));
      figures.addAll(percentiles("W4, 16 clients", millis));
      return figures;
    }
  }

  /// The durations of all calls of the 16 clients.
  private static double[] many(RoundTrip trip, long seconds)
      throws InterruptedException, ExecutionException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    List<Callable<List<Double>>> clients =
        Collections.nCopies(CLIENTS, () -> callUntil(trip, until));
    List<Double> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<Double>> ended : threads.invokeAll(clients)) {
        all.addAll(ended.get());
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static List<Double> callUntil(RoundTrip trip, long until) {
    List<Double> millis = new ArrayList<>();
    while (System.nanoTime() - until < 0) {
      try {
        millis.add(trip.seconds(RoundTrip.pandas(), 1) * 1e3);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return millis;
  }
}
