// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;

/// Small calls of Java scripts. A virtual machine takes a while to start, so that the one client
/// waits between its calls until as many are parked as before.
record JavaCalls(ScriptRequest request, String title) {
  private static final int PARKED = 4;
  private static final long WARM_UP_SECONDS = 15;
  private static final int CALLS_BEFORE = 5;
  private static final int CALLS = 40;
  private static final long SETTLE_MILLIS = 4_000;
  private static final int CLIENTS = 4;
  private static final long CLIENTS_SECONDS = 60;

  /// Of a service with virtual machines that are parked, and nothing else.
  static final List<String> SETTINGS = settings(PARKED);

  /// So that every call starts its virtual machine.
  static final List<String> NONE_PARKED = settings(0);

  /// The identity as a class of the runtime's class path.
  static JavaCalls ofClass() {
    return new JavaCalls(
        ScriptRequest.builder("bench", "Java", JavaIdentity.class.getName()).build(),
        "one row, Java class");
  }

  /// The identity as source code.
  static JavaCalls ofSource() {
    String source =
        """
        import io.launchpad.sdk.*;
        import org.apache.arrow.vector.ipc.ArrowReader;

        public class Identity implements Executor {
          @Override
          public void execute(Call call) throws Exception {
            try (ArrowReader reader = call.input().reader()) {
              call.output().write(reader);
            }
          }
        }
        """;
    return new JavaCalls(
        ScriptRequest.builder("bench", "Java", source).build(), "one row, Java source");
  }

  static List<String> settings(int parked) {
    Path runtimes = Path.of(ServiceProcess.environment("LAUNCHPAD_RUNTIMES"));
    return List.of(
        "runtime.python.parked-min = 0",
        "runtime.python.parked-max = 0",
        "runtime.java.language = Java",
        "runtime.java.interpreter = " + runtimes.resolve("java/bin/java"),
        "runtime.java.library = " + classes(),
        "runtime.java.parked-min = " + parked,
        "runtime.java.parked-max = " + parked,
        "pool.parked-max = " + Math.max(1, parked),
        "accounts.count = 128");
  }

  /// The jar or folder that this class stands in: satellites load the script from it, too.
  private static Path classes() {
    try {
      return Path.of(
          JavaIdentity.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  List<Figure> parked(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException {
    return one(service, allocator, PARKED, ", parked");
  }

  List<Figure> cold(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException {
    return one(service, allocator, 0, ", none parked");
  }

  private List<Figure> one(
      ServiceProcess service, BufferAllocator allocator, int parked, String how)
      throws IOException, InterruptedException {
    try (var columns = Columns.ofWorkloadA(allocator, 1, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      warmUp(trip);
      double[] millis = new double[CALLS];
      List<ScriptResult> results = new ArrayList<>();
      for (int call = -CALLS_BEFORE; call < CALLS; call++) {
        service.awaitProcesses("java", 1 + parked); // the service's own among them
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        long began = System.nanoTime();
        ScriptResult result = trip.run(request, 1);
        if (call >= 0) {
          millis[call] = (System.nanoTime() - began) / 1e6;
          results.add(result);
        }
      }
      return Calls.figures(title + how, millis, results);
    }
  }

  /// Warms the service and this virtual machine, for which the language makes no difference; so
  /// many calls of Java would take many minutes.
  private static void warmUp(RoundTrip trip) throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
    while (System.nanoTime() - until < 0) {
      var _ = trip.run(RoundTrip.arrow(), 1);
    }
  }

  /// Sessions that clients who do not pause get done.
  List<Figure> many(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException, ExecutionException {
    try (var columns = Columns.ofWorkloadA(allocator, 1, new SplittableRandom(1));
        var client = LaunchpadClient.open(service.clientConfig(), allocator)) {
      var trip = new RoundTrip(client, allocator, columns);
      warmUp(trip);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLIENTS_SECONDS);
      List<Callable<Integer>> clients = Collections.nCopies(CLIENTS, () -> callUntil(trip, until));
      int calls = 0;
      List<Future<Integer>> ended = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        ended.addAll(threads.invokeAll(clients));
      }
      for (Future<Integer> one : ended) {
        calls += one.get();
      }
      return List.of(
          Figure.single(
              CLIENTS + " clients, " + title, "calls/s", calls / (double) CLIENTS_SECONDS));
    }
  }

  private int callUntil(RoundTrip trip, long until) throws IOException {
    int calls = 0;
    while (System.nanoTime() - until < 0) {
      var _ = trip.run(request, 1);
      calls++;
    }
    return calls;
  }
}
