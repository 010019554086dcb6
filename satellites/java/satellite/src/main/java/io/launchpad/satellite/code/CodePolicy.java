// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.code;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where a runtime's scripts may come from, as the launcher says in the environment.
///
/// @param classPath jars, and folders of classes and jars, beside the SDK
/// @param classes whether a script may name a class
/// @param source whether it may be source code
/// @param jars whether the request may bring a jar
/// @param compileTime how long source code may take to compile
public record CodePolicy(
    List<Path> classPath, boolean classes, boolean source, boolean jars, Duration compileTime) {
  /// Folders and jars, with colons between.
  public static final String CLASS_PATH = "LAUNCHPAD_JAVA_CLASS_PATH";

  /// What is taken: `classes`, `source`, `jars`, with commas between.
  public static final String CODE = "LAUNCHPAD_JAVA_CODE";

  /// In milliseconds.
  public static final String COMPILE_TIME = "LAUNCHPAD_JAVA_COMPILE_TIME";

  private static final String DEFAULT_CODE = "classes,source";
  private static final long DEFAULT_COMPILE_MILLIS = 10_000;

  public CodePolicy {
    classPath = List.copyOf(classPath);
  }

  public static CodePolicy of(Map<String, String> environment) {
    List<String> code =
        Arrays.stream(environment.getOrDefault(CODE, DEFAULT_CODE).split(",", -1))
            .map(word -> word.strip().toLowerCase(Locale.ROOT))
            .toList();
    return new CodePolicy(
        Arrays.stream(environment.getOrDefault(CLASS_PATH, "").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .map(Path::of)
            .toList(),
        code.contains("classes"),
        code.contains("source"),
        code.contains("jars"),
        Duration.ofMillis(
            Long.parseLong(
                environment.getOrDefault(COMPILE_TIME, Long.toString(DEFAULT_COMPILE_MILLIS)))));
  }
}
