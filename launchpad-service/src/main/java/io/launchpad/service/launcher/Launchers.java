// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.service.config.LauncherConfig;
import io.launchpad.service.config.RuntimeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Finds the launcher of a language among those that are trusted.
public final class Launchers {
  private Launchers() {}

  /// All that are trusted.
  public static List<Launcher> all(
      LauncherConfig config, Surroundings surroundings, Duration startTimeout) {
    return List.of(
        new PythonLauncher(config.pythonLibrary(), surroundings, startTimeout),
        new RLauncher(config.rLibrary(), surroundings, startTimeout),
        new JavaLauncher(config.javaLibrary(), surroundings, startTimeout));
  }

  /// The launcher of a runtime's language, which [#verify] has found.
  public static Launcher of(List<Launcher> launchers, String language) {
    return launchers.stream()
        .filter(launcher -> launcher.language().equals(language.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no launcher for language " + language));
  }

  /// Whether there is a launcher for the language of each runtime.
  public static boolean knowAll(List<Launcher> launchers, List<RuntimeConfig> runtimes) {
    return runtimes.stream().allMatch(runtime -> knows(launchers, runtime));
  }

  private static boolean knows(List<Launcher> launchers, RuntimeConfig runtime) {
    String language = runtime.language().toLowerCase(Locale.ROOT);
    return launchers.stream().anyMatch(launcher -> launcher.language().equals(language));
  }

  /// What keeps any of the runtimes from working.
  public static List<String> verify(List<Launcher> launchers, List<RuntimeConfig> runtimes) {
    var problems = new ArrayList<String>();
    for (var runtime : runtimes) {
      if (knows(launchers, runtime)) {
        problems.addAll(of(launchers, runtime.language()).verify(runtime));
      } else {
        problems.add(
            "runtime.%s.language: there is no launcher for '%s'; known: %s"
                .formatted(
                    runtime.name(),
                    runtime.language(),
                    String.join(", ", launchers.stream().map(Launcher::language).toList())));
      }
    }
    return problems;
  }
}
