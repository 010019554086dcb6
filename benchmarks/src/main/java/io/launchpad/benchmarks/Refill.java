// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.Execution;
import io.launchpad.client.ExecutionListener;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/// What sessions that run notice of satellites being parked beside them: a script computes, alone
/// and while another client calls ten times a second, each of whose calls takes a parked satellite
/// and has another one forked and warmed.
final class Refill {
  private static final int ROUNDS = 5;
  private static final int SECONDS = 5;
  private static final long PAUSE_MILLIS = 100;
  private static final int WARM_UP_CALLS = 500;

  /// Counts pieces of work of about a millisecond, and times them.
  private static final String SCRIPT =
      """
      import time
      pieces = []
      end = time.monotonic_ns() + %d * 10**9
      while (began := time.monotonic_ns()) < end:
          sum(range(50_000))
          pieces.append(time.monotonic_ns() - began)
      pieces.sort()
      count, p50, p99 = len(pieces), pieces[len(pieces) // 2], pieces[len(pieces) * 99 // 100]
      """
          .formatted(SECONDS);

  private static final ScriptRequest WORK =
      ScriptRequest.builder("bench", "Python", SCRIPT).outputs().build();
  private static final ScriptRequest CALL =
      ScriptRequest.builder("bench", "Python", "pass").outputs().build();

  /// How one round of work went.
  private record Pace(double piecesPerSecond, double medianMillis, double p99Millis) {}

  private Refill() {}

  static List<Figure> take(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    List<Pace> alone = new ArrayList<>();
    List<Pace> beside = new ArrayList<>();
    try (var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        call(client);
      }
      for (int round = 0; round < ROUNDS; round++) {
        alone.add(work(client, allocator));
        beside.add(workBesideCalls(client, allocator));
      }
    }
    List<Figure> figures = new ArrayList<>(figures("a running session", alone));
    figures.addAll(figures("  beside ten calls a second", beside));
    return figures;
  }

  private static List<Figure> figures(String title, List<Pace> paces) {
    return List.of(
        Figure.ofRounds(
            title, "pieces/s", paces.stream().mapToDouble(Pace::piecesPerSecond).toArray()),
        Figure.ofRounds(
            title + ", p50", "ms", paces.stream().mapToDouble(Pace::medianMillis).toArray()),
        Figure.ofRounds(
            title + ", p99", "ms", paces.stream().mapToDouble(Pace::p99Millis).toArray()));
  }

  private static Pace workBesideCalls(LaunchpadClient client, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    var over = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls =
          threads.submit(() -> {
            while (!over.get()) {
              call(client);
              TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
            return over;
          });
      try {
        return work(client, allocator);
      } finally {
        over.set(true);
        calls.get(); // and whatever went wrong with them
      }
    }
  }

  private static void call(LaunchpadClient client) throws IOException, InterruptedException {
    try (Execution execution = client.execute(CALL, List.of())) {
      execution.await();
    }
  }

  private static Pace work(LaunchpadClient client, BufferAllocator allocator)
      throws IOException, InterruptedException {
    try (VectorSchemaRoot parameters = OutNumbers.declared(allocator, "count", "p50", "p99");
        Execution execution = client.execute(WORK, List.of(), parameters, ExecutionListener.NONE)) {
      execution.await();
      return new Pace(
          OutNumbers.value(execution, 0) / (double) SECONDS,
          OutNumbers.value(execution, 1) / 1e6,
          OutNumbers.value(execution, 2) / 1e6);
    }
  }
}
