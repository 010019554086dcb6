// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.arrow.memory.BufferAllocator;

/// Small calls: by one client with a parked satellite waiting (W1, with pandas), by one client with
/// none, and by 16 clients that do not pause (W4).
record Calls(Workload workload) {
  /// So that every call finds nothing parked.
  static final List<String> NONE_PARKED =
      List.of("runtime.python.parked-min = 0", "runtime.python.parked-max = 0");

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
  private static final long CLIENTS_SECONDS = 60;

  List<Figure> one(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    return one(service, allocator, workload.title() + ", parked");
  }

  List<Figure> cold(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    return one(service, allocator, workload.title() + ", none parked");
  }

  private List<Figure> one(ServiceProcess service, BufferAllocator allocator, String title)
      throws IOException, InterruptedException, ExecutionException {
    try (var columns = Columns.ofWorkloadA(allocator, 1, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      var _ = many(trip, WARM_UP_SECONDS);
      for (int call = 0; call < CALLS_BEFORE; call++) {
        var _ = workload.run(trip);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      double[] millis = new double[CALLS];
      List<ScriptResult> results = new ArrayList<>();
      for (int call = 0; call < CALLS; call++) {
        long began = System.nanoTime();
        results.add(workload.run(trip));
        millis[call] = (System.nanoTime() - began) / 1e6;
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
      return figures(title, millis, results);
    }
  }

  /// What calls took, and what the service says of it.
  static List<Figure> figures(String title, double[] millis, List<ScriptResult> results) {
    List<Figure> figures = new ArrayList<>(Figure.percentiles(title, "ms", millis));
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

  private static Figure median(
      String name, List<ScriptResult> results, ToLongFunction<ScriptResult> micros) {
    return Figure.ofRounds(
        name, "ms", results.stream().mapToDouble(r -> micros.applyAsLong(r) / 1e3).toArray());
  }

  List<Figure> many(ServiceProcess service, BufferAllocator allocator)
      throws InterruptedException, ExecutionException {
    try (var columns = Columns.ofWorkloadA(allocator, 1, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      var _ = many(trip, WARM_UP_SECONDS);
      double[] millis = many(trip, CLIENTS_SECONDS);
      String title = "16 clients, " + workload.title();
      List<Figure> figures = new ArrayList<>();
      figures.add(Figure.single(title, "calls/s", millis.length / (double) CLIENTS_SECONDS));
      figures.addAll(Figure.percentiles(title, "ms", millis));
      return figures;
    }
  }

  /// The durations of all calls of the 16 clients.
  private double[] many(RoundTrip trip, long seconds)
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

  private List<Double> callUntil(RoundTrip trip, long until) {
    List<Double> millis = new ArrayList<>();
    while (System.nanoTime() - until < 0) {
      try {
        long began = System.nanoTime();
        var _ = workload.run(trip);
        millis.add((System.nanoTime() - began) / 1e6);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return millis;
  }
}
