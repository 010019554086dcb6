// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ZygoteSpec;
import io.launchpad.service.config.RuntimeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starts zygotes of R runtimes: the interpreter with the package `launchpad` and the runtime's
/// packages.
public final class RLauncher implements Launcher {
  private static final String PACKAGE = "launchpad";

  /// The policy in sandbox/policy that R satellites are confined by.
  private static final String FAMILY = "r";

  /// Where R keeps packages, below the folder that holds its `bin`.
  private static final List<String> LIBRARIES =
      List.of("lib/R/library", "lib/R/site-library", "local/lib/R/site-library");

  /// What a satellite's environment is unless the runtime's configuration says otherwise: one
  /// thread for each library that would start many, a defined locale, and no packages of a user.
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "LANG", "C.UTF-8",
          "PATH", "/usr/bin:/bin",
          "TZ", "UTC",
          "R_LIBS_USER", "NULL",
          "OPENBLAS_NUM_THREADS", "1",
          "OMP_NUM_THREADS", "1");

  /// Prints the version and loads what the zygote does; fails below R 4.1.
  private static final String TRIAL =
      "cat(as.character(getRversion()), sep = '\\n'); "
          + "if (getRversion() < '4.1') stop('R 4.1 or newer is needed'); "
          + "for (name in commandArgs(TRUE)) loadNamespace(name)";

  private final Path library;
  private final RuntimeFolders folders;
  private final Duration startTimeout;

  /// @param library the folder that holds the package `launchpad`
  /// @param surroundings what satellites run in
  public RLauncher(Path library, Surroundings surroundings, Duration startTimeout) {
    this.library = library;
    folders = new RuntimeFolders("launcher.r.library", library, PACKAGE, surroundings);
    this.startTimeout = startTimeout;
  }

  @Override
  public String language() {
    return "r";
  }

  @Override
  public String title() {
    return "R";
  }

  @Override
  public List<String> verify(RuntimeConfig runtime) {
    return folders.verify(runtime, "R 4.1 or newer");
  }

  @Override
  public List<Path> watched(RuntimeConfig runtime) {
    var watched = new LinkedHashSet<Path>();
    watched.add(library);
    watched.add(runtime.interpreter());
    runtime.library().ifPresent(watched::add);
    for (Path folder : InterpreterFolders.of(runtime.interpreter())) {
      LIBRARIES.forEach(name -> watched.add(folder.resolve(name)));
    }
    return List.copyOf(watched);
  }

  @Override
  public List<String> trial(RuntimeConfig runtime) {
    var start =
        Stream.of(
            runtime.interpreter().toString(),
            "--vanilla",
            "--no-echo",
            "-e",
            TRIAL,
            "--args",
            PACKAGE);
    return Stream.concat(start, runtime.imports().stream()).toList();
  }

  @Override
  public String mend(RuntimeConfig runtime) {
    return "%s -e 'install.packages(c(%s))', or correct runtime.%s.imports"
        .formatted(
            runtime.interpreter(),
            runtime.imports().stream()
                .map(name -> "\"" + name + "\"")
                .collect(Collectors.joining(", ")),
            runtime.name());
  }

  @Override
  public ZygoteSpec zygote(RuntimeConfig runtime) {
    var environment = new LinkedHashMap<>(ENVIRONMENT);
    environment.putAll(runtime.environment());
    environment.put(
        "R_LIBS",
        Stream.concat(Stream.of(library), runtime.library().stream())
            .map(Path::toString)
            .collect(Collectors.joining(":")));
    environment.put("LAUNCHPAD_RUNTIME", runtime.name());
    environment.put("LAUNCHPAD_PRELOAD", String.join(",", runtime.imports()));
    return new ZygoteSpec(
        runtime.name(),
        switch (runtime.start()) {
          case FORK -> ZygoteSpec.Satellites.FORKED;
          case EXEC -> ZygoteSpec.Satellites.EXECUTED;
        },
        List.of(
            runtime.interpreter().toString(),
            "--vanilla",
            "--no-echo",
            "--file=" + library.resolve(PACKAGE).resolve(program(runtime))),
        environment,
        folders.policy(runtime, FAMILY),
        startTimeout);
  }

  private static String program(RuntimeConfig runtime) {
    return switch (runtime.start()) {
      case FORK -> "zygote.R";
      case EXEC -> "satellite.R";
    };
  }
}
