// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ZygoteSpec;
import io.launchpad.service.config.RuntimeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starts zygotes of CPython runtimes: the interpreter with the package `launchpad_satellite` and
/// the runtime's packages.
public final class PythonLauncher implements Launcher {
  private static final String MODULE = "launchpad_satellite";

  /// The policy in sandbox/policy that Python satellites are confined by.
  private static final String FAMILY = "python";

  /// What a satellite's environment is unless the runtime's configuration says otherwise: one
  /// thread for each library that would start many, a defined locale, and nothing written beside
  /// the packages.
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "LANG", "C.UTF-8",
          "PATH", "/usr/bin:/bin",
          "PYTHONDONTWRITEBYTECODE", "1",
          "PYTHONNOUSERSITE", "1",
          "PYTHONSAFEPATH", "1",
          "OPENBLAS_NUM_THREADS", "1",
          "OMP_NUM_THREADS", "1",
          "MPLBACKEND", "Agg");

  private final Path library;
  private final RuntimeFolders folders;
  private final Duration startTimeout;

  /// @param library the folder that holds the package `launchpad_satellite`
  /// @param surroundings what satellites run in
  public PythonLauncher(Path library, Surroundings surroundings, Duration startTimeout) {
    this.library = library;
    folders = new RuntimeFolders("launcher.python.library", library, MODULE, surroundings);
    this.startTimeout = startTimeout;
  }

  @Override
  public String language() {
    return "python";
  }

  @Override
  public String title() {
    return "Python";
  }

  @Override
  public List<String> verify(RuntimeConfig runtime) {
    return folders.verify(runtime, "Python 3.11 or newer");
  }

  @Override
  public List<Path> watched(RuntimeConfig runtime) {
    return PythonPackages.of(
        runtime.interpreter(),
        InterpreterFolders.of(runtime.interpreter()),
        Stream.concat(runtime.library().stream(), Stream.of(library)).toList());
  }

  /// Prints the version and imports what the zygote does; fails below Python 3.11.
  private static final String TRIAL =
      """
      import sys, importlib
      print(sys.version.split()[0])
      if sys.version_info < (3, 11): sys.exit("Python 3.11 or newer is needed")
      for name in sys.argv[1:]: importlib.import_module(name)
      """;

  @Override
  public List<String> trial(RuntimeConfig runtime) {
    return Stream.concat(
            Stream.of(runtime.interpreter().toString(), "-c", TRIAL, MODULE),
            runtime.imports().stream())
        .toList();
  }

  @Override
  public String mend(RuntimeConfig runtime) {
    return "%s -m pip install %s, or correct runtime.%s.imports"
        .formatted(runtime.interpreter(), String.join(" ", runtime.imports()), runtime.name());
  }

  /// The interpreter as a zygote, or as each satellite, which imports for itself.
  private static ZygoteSpec.Satellites satellites(RuntimeConfig runtime) {
    return switch (runtime.start()) {
      case FORK -> ZygoteSpec.Satellites.FORKED;
      case EXEC -> ZygoteSpec.Satellites.EXECUTED;
    };
  }

  private static String module(RuntimeConfig runtime) {
    return switch (runtime.start()) {
      case FORK -> MODULE + ".zygote";
      case EXEC -> MODULE;
    };
  }

  @Override
  public ZygoteSpec zygote(RuntimeConfig runtime) {
    String path =
        Stream.concat(Stream.of(library), runtime.library().stream())
            .map(Path::toString)
            .collect(Collectors.joining(":"));
    var environment = new LinkedHashMap<>(ENVIRONMENT);
    environment.putAll(runtime.environment());
    environment.put("PYTHONPATH", path);
    environment.put("LAUNCHPAD_RUNTIME", runtime.name());
    environment.put("LAUNCHPAD_PRELOAD", String.join(",", runtime.imports()));
    return new ZygoteSpec(
        runtime.name(),
        satellites(runtime),
        List.of(runtime.interpreter().toString(), "-m", module(runtime)),
        environment,
        folders.policy(runtime, FAMILY),
        startTimeout);
  }
}
