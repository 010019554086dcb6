// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Configurations for tests, from lines.
final class Configs {
  /// The least that is accepted.
  static final List<String> MINIMAL =
      List.of(
          "listener.unix.path = /run/launchpad/socket",
          "engine.local.peer-uids = 1000",
          "runtime.python.language = python",
          "runtime.python.interpreter = /usr/bin/python3");

  private Configs() {}

  static ServiceConfig minimalAnd(String... lines) {
    return parse(Stream.concat(MINIMAL.stream(), Stream.of(lines)).toList(), Map.of());
  }

  static ServiceConfig parse(List<String> lines, Map<String, String> environment) {
    return ServiceConfig.parse("test.properties", lines, environment);
  }

  static InetSocketAddress address(String ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getAllByName(ip)[0], port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  static Secret secret(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What is wrong with the minimal configuration plus `lines`.
  static List<String> problems(String... lines) {
    return problems(Map.of(), lines);
  }

  static List<String> problems(Map<String, String> environment, String... lines) {
    var all = new ArrayList<>(MINIMAL);
    all.addAll(List.of(lines));
    var thrown = assertThrows(ConfigException.class, () -> parse(all, environment));
    return thrown.problems().stream().map(ConfigProblem::toString).toList();
  }
}
