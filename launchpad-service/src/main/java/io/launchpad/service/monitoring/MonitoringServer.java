// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.launchpad.service.config.MonitoringConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The HTTP endpoint for `/metrics`, `/health/live` and `/health/ready`. Read-only, without
/// authentication.
public final class MonitoringServer implements AutoCloseable {
  /// A scrape and two probes need three; more are refused rather than queued.
  private static final int REQUESTS_AT_ONCE = 16;

  private static final int BACKLOG = 16;

  /// Scrapers and probes keep a connection each; more are closed as they come.
  static final int CONNECTIONS_MAX = 64;

  /// How many of them may rest between two requests, and how many seconds.
  private static final int IDLE_MAX = 16;

  private static final int IDLE_SECONDS = 30;

  /// Seconds for a request to come and for its answer to be taken.
  private static final int REQUEST_SECONDS = 10;

  static {
    // The server of the JDK reads its limits from here alone, once. Nothing else in this process
    // uses it.
    limit("jdk.httpserver.maxConnections", CONNECTIONS_MAX);
    limit("sun.net.httpserver.maxIdleConnections", IDLE_MAX);
    limit("sun.net.httpserver.idleInterval", IDLE_SECONDS);
    limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
    limit("sun.net.httpserver.maxRspTime", REQUEST_SECONDS);
  }

  private static void limit(String property, int value) {
    System.setProperty(property, Integer.toString(value));
  }

  private final HttpServer server;
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("monitoring-", 0).factory());
  private final Semaphore places = new Semaphore(REQUESTS_AT_ONCE);

  private record Answer(int status, String type, String body) {
    static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body);
    }
  }

  public MonitoringServer(MonitoringConfig config, Supplier<String> metrics, Health health)
      throws IOException {
    server = HttpServer.create(config.address(), BACKLOG);
    server.setExecutor(executor);
    serve(
        "/metrics",
        () -> new Answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
    serve("/health/live", () -> Answer.text(200, "live\n"));
    serve("/health/ready", () -> ready(health));
    serve("/", () -> Answer.text(404, "/metrics, /health/live, /health/ready\n"));
    server.start();
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  private static Answer ready(Health health) {
    var reasons = health.reasons();
    return reasons.isEmpty()
        ? Answer.text(200, "ready\n")
        : Answer.text(503, String.join("\n", reasons) + "\n");
  }

  private void serve(String path, Supplier<Answer> answer) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            boolean exact = path.equals("/") || exchange.getRequestURI().getPath().equals(path);
            if (!exchange.getRequestMethod().equals("GET")) {
              send(exchange, Answer.text(405, "only GET\n"));
            } else if (!exact) {
              send(exchange, Answer.text(404, "no such page\n"));
            } else if (places.tryAcquire()) {
              try {
                send(exchange, answer.get());
              } finally {
                places.release();
              }
            } else {
              send(exchange, Answer.text(503, "too many requests at once\n"));
            }
          }
        });
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.close();
  }
}
