// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The configuration file of a private service: one Unix socket, one engine, every runtime that is
/// installed.
///
/// @param folder the service's own folder
/// @param home the installation
/// @param runtimes where the installed runtimes are, a folder for each
/// @param uid the user that may connect
record PrivateSettings(Path folder, Path home, Path runtimes, int uid) {
  /// The name the service knows this process's engine by.
  static final String ENGINE = "embedded";

  Path socket() {
    return folder.resolve("launchpad.sock");
  }

  /// The lines of the file.
  ///
  /// @throws IOException when no runtime is installed
  List<String> lines() throws IOException {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "service.id = private",
                "listener.unix.path = " + socket(),
                "engine." + ENGINE + ".peer-uids = " + uid,
                "launcher.python.library = " + home.resolve("satellites/python"),
                "launcher.java.library = " + home.resolve("satellites/java"),
                // There may be several, and a configured service that has its own.
                "accounts.uid-first = any",
                "sandbox = full",
                // It runs what its own user wrote, who may have no control groups.
                "sandbox.limits = available",
                "sandbox.work-folder = " + folder.resolve("sessions"),
                "monitoring.enabled = false"));
    for (Path runtime : installed()) {
      lines.addAll(runtime(runtime));
    }
    return lines;
  }

  private List<Path> installed() throws IOException {
    List<Path> found = List.of();
    if (Files.isDirectory(runtimes)) {
      try (Stream<Path> folders = Files.list(runtimes)) {
        found = folders.filter(PrivateSettings::isRuntime).sorted().toList();
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          "no runtime is installed in " + runtimes + "; `./launchpad setup` installs them");
    }
    return found;
  }

  private static boolean isRuntime(Path folder) {
    return isPython(folder) || isR(folder) || isJava(folder);
  }

  private static boolean isPython(Path folder) {
    return Files.isExecutable(folder.resolve("bin/python"));
  }

  private static boolean isR(Path folder) {
    return Files.isExecutable(folder.resolve("bin/R"));
  }

  private static boolean isJava(Path folder) {
    return Files.isExecutable(folder.resolve("bin/java"));
  }

  private static List<String> runtime(Path folder) {
    String name = folder.getFileName().toString();
    String key = "runtime." + name + ".";
    List<String> lines = new ArrayList<>();
    if (isR(folder)) {
      lines.add(key + "language = R");
      lines.add(key + "interpreter = " + folder.resolve("bin/R"));
      lines.add(key + "imports = data.table");
      // As for Java: most private services never run one.
      lines.add(key + "parked-min = 0");
      return lines;
    }
    if (isJava(folder)) {
      lines.add(key + "language = Java");
      lines.add(key + "interpreter = " + folder.resolve("bin/java"));
      // Most private services never run one, and a virtual machine is not cheap to keep.
      lines.add(key + "parked-min = 0");
      return lines;
    }
    lines.add(key + "language = python");
    lines.add(key + "interpreter = " + folder.resolve("bin/python"));
    if (name.equals("python")) {
      lines.add(key + "default = true");
    } else if (name.equals("python-ml")) {
      lines.add(key + "imports = pandas, pyarrow, sklearn.linear_model, matplotlib.pyplot");
      lines.add(key + "environment.MPLBACKEND = Agg");
    }
    return lines;
  }
}
