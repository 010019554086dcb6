// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A service's configuration: what every test needs, and what one test adds or changes.
record Settings(Map<String, String> values) {

  static final Settings NONE = new Settings(Map.of());

  /// With R in Python's place, or beside it when there are settings of Python's, too.
  static Settings ofR() {
    return NONE.with("runtime.r.language", "R")
        .with("runtime.r.interpreter", Installation.rInterpreter())
        .with("runtime.r.imports", "data.table");
  }

  /// With these beside what there is.
  Settings and(Settings more) {
    var changed = new LinkedHashMap<>(values);
    changed.putAll(more.values);
    return new Settings(changed);
  }

  /// With a limit that needs control groups: nobody gives an ordinary user those here.
  Settings withLimit(String key, String value) {
    return with(key, ServiceUnderTest.isRoot() ? value : "unlimited");
  }

  Settings with(String key, Object value) {
    var changed = new LinkedHashMap<>(values);
    changed.put(key, value.toString());
    return new Settings(changed);
  }

  /// A port that was free a moment ago.
  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The file's text: these values over the usual ones.
  String text(Path socket, Path workFolder, int monitoringPort, Accounts accounts, String marker) {
    var all = new LinkedHashMap<String, String>();
    all.put("service.drain-time", "10s");
    all.put("listener.unix.path", socket.toString());
    all.put("engine.test.peer-uids", Long.toString(Processes.uid(ProcessHandle.current().pid())));
    boolean r = values.containsKey("runtime.r.language");
    boolean python = !r || values.keySet().stream().anyMatch(k -> k.startsWith("runtime.python."));
    if (python) {
      all.put("runtime.python.language", "python");
      all.put("runtime.python.interpreter", Installation.interpreter().toString());
      all.put("runtime.python.environment." + marker, "1");
    }
    if (r) {
      all.put("runtime.r.environment." + marker, "1");
    }
    all.put("pool.queue-wait", "60s");
    // An ordinary user has no others than /etc/subuid says.
    all.put(
        "accounts.uid-first",
        ServiceUnderTest.isRoot() ? Integer.toString(accounts.first()) : "any");
    all.put("accounts.count", Integer.toString(Accounts.OF_A_SERVICE));
    all.put("sandbox", "full");
    // Nobody gives an ordinary user control groups here; what is limited by them is tested as root.
    all.put("sandbox.limits", ServiceUnderTest.isRoot() ? "required" : "available");
    all.put("sandbox.work-folder", workFolder.toString());
    all.put("monitoring.address", "127.0.0.1:" + monitoringPort);
    all.putAll(values);
    return all.entrySet().stream()
        .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
        .collect(Collectors.joining());
  }

  /// The uids of one service's zygotes and satellites: no other service of these tests has them at
  /// the same time.
  record Accounts(int first, int count) {
    static final int OF_A_SERVICE = 128;

    static Accounts some() {
      return new Accounts(
          1_000_000 + 256 * ThreadLocalRandom.current().nextInt(1_000_000), OF_A_SERVICE);
    }

    /// Out of which an ordinary user's broker takes some: all that /etc/subuid gives the user.
    static Accounts ofThisUser() throws IOException {
      String user = System.getProperty("user.name") + ":";
      try (Stream<String> lines = Files.lines(Path.of("/etc/subuid"))) {
        String[] range =
            lines.filter(line -> line.startsWith(user)).findFirst().orElseThrow().split(":", -1);
        return new Accounts(Integer.parseInt(range[1]), Integer.parseInt(range[2]));
      }
    }

    boolean contains(long uid) {
      return uid >= first && uid < (long) first + count;
    }
  }
}
