// SPDX-License-Identifier: Apache-2.0
package io.launchpad.benchmarks;

import io.launchpad.client.Execution;
import io.launchpad.client.ExecutionListener;
import io.launchpad.client.LaunchpadClient;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptResult;
import io.launchpad.protocol.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/// How long a script's first line takes to run once its satellite is leased.
///
/// Both ends read the machine's monotonic clock: this VM before it calls, the script in its first
/// line. Taken off are what the service counts as queue, and the way of the request from here to
/// the service: one half of what the whole call takes outside the service. What is left begins with
/// the lease, before the request is written to the satellite.
final class FirstLine {
  private static final int WARM_UP_CALLS = 2_000;
  private static final int CALLS = 5_000;
  private static final int GAP_MICROS_MAX = 5_000;
  private static final String SCRIPT = "first_line = __import__('time').monotonic_ns()";

  private FirstLine() {}

  static List<Figure> take(ServiceProcess service, BufferAllocator allocator)
      throws IOException, InterruptedException {
    ScriptRequest request = ScriptRequest.builder("bench", "Python", SCRIPT).outputs().build();
    var gaps = new SplittableRandom(1);
    List<Double> leased = new ArrayList<>();
    List<Double> whole = new ArrayList<>();
    try (var client = LaunchpadClient.open(service.clientConfig(), allocator);
        VectorSchemaRoot parameters = OutNumbers.declared(allocator, "first_line")) {
      for (int call = -WARM_UP_CALLS; call < CALLS; call++) {
        long began = System.nanoTime();
        try (Execution execution =
            client.execute(request, List.of(), parameters, ExecutionListener.NONE)) {
          ScriptResult result = execution.await();
          long first = OutNumbers.value(execution, 0);
          double micros = (System.nanoTime() - began) / 1e3;
          if (call >= 0) {
            double way = (micros - inService(result.times())) / 2;
            double before = way + result.times().queueMicros();
            leased.add(((first - began) / 1e3 - before) / 1e3);
            whole.add(micros / 1e3);
          }
        }
        TimeUnit.MICROSECONDS.sleep(gaps.nextInt(GAP_MICROS_MAX));
      }
    }
    List<Figure> figures = new ArrayList<>();
    figures.addAll(Figure.percentiles("first line of a leased script", "ms", array(leased)));
    figures.addAll(Figure.percentiles("  the whole call", "ms", array(whole)));
    return figures;
  }

  private static long inService(Message.Times times) {
    return times.queueMicros()
        + times.leaseMicros()
        + times.startMicros()
        + times.runMicros()
        + times.drainMicros();
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
