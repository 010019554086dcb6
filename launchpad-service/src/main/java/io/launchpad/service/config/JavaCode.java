// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What code a Java runtime takes, as the variables that tell its satellites.
final class JavaCode {
  static final String LANGUAGE = "java";

  /// Classes of the runtime's class path, source code, and jars that come with a request.
  private static final List<String> KINDS = List.of("classes", "source", "jars");

  private JavaCode() {}

  static Map<String, String> read(ConfigReader in, String prefix) {
    List<String> code = in.list(prefix + "code", List.of("classes", "source"));
    code.stream()
        .filter(kind -> !KINDS.contains(kind))
        .forEach(kind ->
            in.problem(
                prefix + "code",
                "%scode: '%s' is none of %s".formatted(prefix, kind, String.join(", ", KINDS))));
    Duration compileTime =
        in.duration(
            prefix + "compile-time",
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofMinutes(10));
    return Map.of(
        "LAUNCHPAD_JAVA_CODE", String.join(",", code),
        "LAUNCHPAD_JAVA_COMPILE_TIME", Long.toString(compileTime.toMillis()));
  }
}
