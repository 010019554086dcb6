// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;

/// What a service says of itself over HTTP.
final class Monitoring {
  private final String base;

  Monitoring(int port) {
    base = "http://127.0.0.1:" + port;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(base + path)).timeout(Deadline.LONG).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /// The values of the samples that start so, added up: a name, or a name with labels.
  double metric(String start) throws IOException, InterruptedException {
    return sum(get("/metrics").body(), start);
  }

  private static double sum(String scraped, String start) {
    return Arrays.stream(scraped.split("\n", -1))
        .filter(line ->
            line.startsWith(start + " ")
                || line.startsWith(start + "{")
                || (start.endsWith("}") && line.startsWith(start)))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// Waits until no engine is connected, nothing runs or waits, and every account in use is a
  /// parked satellite's.
  void awaitIdle() {
    Deadline.await("the gauges of an idle service", () -> isIdle(get("/metrics").body()));
  }

  private static boolean isIdle(String scraped) {
    return sum(scraped, "launchpad_connections") == 0
        && sum(scraped, "launchpad_sessions_running") == 0
        && sum(scraped, "launchpad_pool_waiting") == 0
        && satellites(scraped, "starting") == 0
        && satellites(scraped, "leased") == 0
        && satellites(scraped, "ending") == 0
        && sum(scraped, "launchpad_accounts{state=\"held\"}") == satellites(scraped, "parked");
  }

  private static double satellites(String scraped, String state) {
    return sum(scraped, "launchpad_pool_satellites{state=\"" + state + "\"}");
  }
}
