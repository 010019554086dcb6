// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.sandbox.ZygoteSpec;
import io.launchpad.service.config.RuntimeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starts zygotes of CPython runtimes: the interpreter with the package `launchpad_satellite` and
/// the runtime's packages.
public final class PythonLauncher implements Launcher {
  private static final String MODULE = "launchpad_satellite";

  /// The policy in sandbox/policy that Python satellites are confined by.
  private static final String FAMILY = "python";

  private static final int LINKS_MAX = 16;

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
  private final boolean othersAccounts;
  private final boolean confined;
  private final Duration startTimeout;

  /// @param library the folder that holds the package `launchpad_satellite`
  /// @param othersAccounts whether satellites run as other users than the service
  /// @param confined whether satellites are shut in
  public PythonLauncher(
      Path library, boolean othersAccounts, boolean confined, Duration startTimeout) {
    this.library = library;
    this.othersAccounts = othersAccounts;
    this.confined = confined;
    this.startTimeout = startTimeout;
  }

  @Override
  public String language() {
    return "python";
  }

  @Override
  public List<String> verify(RuntimeConfig runtime) {
    var problems = new ArrayList<String>();
    Path interpreter = runtime.interpreter();
    if (!Files.isExecutable(interpreter)) {
      problems.add(
          "runtime.%s.interpreter: %s is no program that can be run; install Python 3.11 or newer"
              .formatted(runtime.name(), interpreter));
    } else {
      checkReachable(problems, "runtime." + runtime.name() + ".interpreter", interpreter);
    }
    if (!Files.isDirectory(library.resolve(MODULE))) {
      problems.add(
          "launcher.python.library: %s holds no package %s; reinstall Launchpad or correct the key"
              .formatted(library, MODULE));
    } else {
      checkReachable(problems, "launcher.python.library", library);
    }
    if (confined) {
      checkShowable(problems, runtime);
    }
    runtime
        .library()
        .ifPresent(path -> {
          if (!Files.isDirectory(path)) {
            problems.add("runtime.%s.library: no folder %s".formatted(runtime.name(), path));
          } else {
            checkReachable(problems, "runtime." + runtime.name() + ".library", path);
          }
        });
    return problems;
  }

  /// The broker would refuse these too, when the runtime's zygote starts.
  private void checkShowable(List<String> problems, RuntimeConfig runtime) {
    String prefix = "runtime.%s.".formatted(runtime.name());
    interpreterFolders(runtime.interpreter())
        .forEach(folder -> checkShowable(problems, prefix + "interpreter", folder));
    checkShowable(problems, "launcher.python.library", library);
    runtime.library().ifPresent(path -> checkShowable(problems, prefix + "library", path));
    runtime
        .sandbox()
        .readable()
        .forEach(path -> checkShowable(problems, prefix + "readable", path));
    runtime.sandbox().sockets().forEach(path -> checkShowable(problems, prefix + "sockets", path));
  }

  private static void checkShowable(List<String> problems, String key, Path path) {
    OwnInside.problem(path).ifPresent(problem -> problems.add(key + ": " + problem));
  }

  /// Where satellites run as other users, every folder on the way must let them through.
  private void checkReachable(List<String> problems, String what, Path path) {
    if (othersAccounts) {
      Passage.problem(path).ifPresent(problem -> problems.add(what + ": " + problem));
    }
  }

  @Override
  public List<Path> watched(RuntimeConfig runtime) {
    return PythonPackages.of(
        runtime.interpreter(),
        interpreterFolders(runtime.interpreter()),
        Stream.concat(runtime.library().stream(), Stream.of(library)).toList());
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
        policy(runtime),
        startTimeout);
  }

  private SandboxPolicy policy(RuntimeConfig runtime) {
    if (!confined) {
      return SandboxPolicy.NONE;
    }
    var readable = new LinkedHashSet<Path>();
    readable.add(library);
    readable.addAll(interpreterFolders(runtime.interpreter()));
    readable.addAll(runtime.library().stream().toList());
    readable.addAll(runtime.sandbox().readable());
    return new SandboxPolicy(
        new SandboxPolicy.Confinement.Full(
            FAMILY,
            runtime.sandbox().scratch(),
            List.copyOf(readable),
            runtime.sandbox().sockets()));
  }

  /// The environments that an interpreter consists of: its own, and those that its links lead to,
  /// as a virtual environment's do to the interpreter it was made with.
  static Set<Path> interpreterFolders(Path interpreter) {
    var folders = new LinkedHashSet<Path>();
    Path program = interpreter.toAbsolutePath().normalize();
    for (int links = 0; links < LINKS_MAX; links++) {
      Path folder = program.getParent();
      if (folder == null) {
        return folders; // no program is the root folder
      }
      folders.add(
          folder.endsWith("bin") && folder.getNameCount() > 1 ? folder.getParent() : folder);
      if (!Files.isSymbolicLink(program)) {
        return folders;
      }
      try {
        program = program.resolveSibling(Files.readSymbolicLink(program)).normalize();
      } catch (IOException e) {
        return folders; // what cannot be followed here cannot be followed there either
      }
    }
    return folders;
  }
}
