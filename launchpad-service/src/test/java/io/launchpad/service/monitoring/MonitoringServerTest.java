// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.protocol.ErrorCode;
import io.launchpad.protocol.Message.Times;
import io.launchpad.service.config.MonitoringConfig;
import io.launchpad.service.config.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MonitoringServerTest {
  private final Health health = new Health();
  private String trouble = "";

  private HttpResponse<String> get(MonitoringServer server, String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private MonitoringServer open(ServiceMetrics metrics) throws Exception {
    return new MonitoringServer(
        new MonitoringConfig(true, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        metrics::scrape,
        health);
  }

  @Test
  void ready_namesEveryReasonThatItIsNot() throws Exception {
    health.add("broker", () -> Optional.of(trouble).filter(text -> !text.isEmpty()));
    try (var metrics = new ServiceMetrics(SandboxConfig.Mode.NONE);
        var server = open(metrics)) {
      assertEquals(200, get(server, "/health/ready").statusCode());
      trouble = "it is gone";
      var response = get(server, "/health/ready");
      assertEquals(503, response.statusCode());
      assertEquals("broker: it is gone\n", response.body());
      assertEquals(200, get(server, "/health/live").statusCode());
      assertEquals(404, get(server, "/health/ready/x").statusCode());
    }
  }

  /// Connections that say nothing, and one that never ends its request.
  @Test
  void connections_areBoundedInNumberAndTime() throws Exception {
    try (var metrics = new ServiceMetrics(SandboxConfig.Mode.NONE);
        var server = open(metrics)) {
      List<Socket> open = new ArrayList<>();
      try {
        var slow = connect(server);
        open.add(slow);
        slow.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: ".getBytes(US_ASCII));
        for (int i = 1; i <= MonitoringServer.CONNECTIONS_MAX; i++) {
          open.add(connect(server));
        }
        assertEquals(-1, end(open.getLast()), "one too many is closed");
        assertEquals(-1, end(slow), "a request that does not come is waited for in vain");
        assertEquals(200, get(server, "/health/live").statusCode(), "there is room again");
      } finally {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  }

  private static Socket connect(MonitoringServer server) throws IOException {
    return new Socket(server.address().getAddress(), server.address().getPort());
  }

  /// What is read at the end of a connection, or -1 when it was cut.
  private static int end(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException e) {
      return -1;
    }
  }

  @Test
  void metrics_tellWhatObserversHeard() throws Exception {
    try (var metrics = new ServiceMetrics(SandboxConfig.Mode.NONE);
        var server = open(metrics)) {
      metrics.sessionStarted();
      metrics.sessionEnded(
          "python", SessionObserver.Outcome.FAILED, new Times(2_000_000, 0, 0, 0, 0));
      metrics.failed(ErrorCode.SCRIPT_ERROR);
      metrics.bytesRelayed(SessionObserver.Direction.TO_ENGINE, 17);
      metrics.rowsRelayed(3);
      metrics.outputDropped(5);
      metrics.violation(ErrorCode.OUTPUT_INVALID);
      metrics.connectionOpened();
      String text = get(server, "/metrics").body();
      for (String line :
          new String[] {
            "launchpad_sessions_total{outcome=\"failed\",runtime=\"python\"} 1.0",
            "launchpad_sessions_running 0.0",
            "launchpad_session_queue_seconds_sum 2.0",
            "launchpad_failures_total{category=\"user\",code=\"SCRIPT_ERROR\"} 1.0",
            "launchpad_relay_bytes_total{direction=\"to_engine\"} 17.0",
            "launchpad_relay_rows_total 3.0",
            "launchpad_output_dropped_bytes_total 5.0",
            "launchpad_relay_violations_total{code=\"OUTPUT_INVALID\"} 1.0",
            "launchpad_connections 1.0",
            "launchpad_sandbox_unrestricted 1.0"
          }) {
        assertTrue(text.contains(line + "\n"), line + " is not in\n" + text);
      }
    }
  }
}
