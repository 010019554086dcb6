// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.ZygoteSpec;
import io.launchpad.service.config.RuntimeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts Java runtimes: each satellite is a virtual machine of its own, executed since it cannot
/// be forked, with the satellite's jars and the runtime's class path.
public final class JavaLauncher implements Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(JavaLauncher.class);

  /// The policy in sandbox/policy that Java satellites are confined by.
  private static final String FAMILY = "java";

  private static final int JDK_MIN = 25;
  private static final Pattern JAVA_VERSION =
      Pattern.compile("^JAVA_VERSION=\"(\\d+)", Pattern.MULTILINE);

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "LANG", "C.UTF-8",
          "PATH", "/usr/bin:/bin",
          // Java cannot set descriptors that it finds to what its event loop needs.
          "LAUNCHPAD_NONBLOCKING", "1",
          // One heap of the C library's for all threads: each further one is megabytes.
          "MALLOC_ARENA_MAX", "1");

  /// What depends on the limits of the satellite's resource pool; left out where there is none.
  private static final List<String> SHARES =
      List.of(
          "-XX:MaxRAM=${LAUNCHPAD_SESSION_MEMORY}",
          "-XX:ActiveProcessorCount=${LAUNCHPAD_SESSION_CPUS}");

  private final JavaSatellite satellite;
  private final Surroundings surroundings;
  private final Duration startTimeout;

  /// @param library the folder with the satellite's jars
  /// @param surroundings what satellites run in
  public JavaLauncher(Path library, Surroundings surroundings, Duration startTimeout) {
    this.satellite = new JavaSatellite(library);
    this.surroundings = surroundings;
    this.startTimeout = startTimeout;
  }

  @Override
  public String language() {
    return "java";
  }

  @Override
  public String title() {
    return "Java";
  }

  @Override
  public List<String> verify(RuntimeConfig runtime) {
    var problems = new ArrayList<String>();
    String prefix = "runtime.%s.".formatted(runtime.name());
    if (runtime.start() != RuntimeConfig.Start.EXEC) {
      problems.add(prefix + "start: a Java virtual machine cannot be forked; set it to exec");
    }
    if (!runtime.imports().isEmpty()) {
      problems.add(prefix + "imports: a Java runtime imports nothing beforehand; remove the key");
    }
    checkInterpreter(problems, prefix + "interpreter", runtime.interpreter());
    checkPath(problems, "launcher.java.library", satellite.library());
    if (!Files.isRegularFile(satellite.jar())) {
      problems.add(
          "launcher.java.library: there is no %s; reinstall Launchpad or correct the key"
              .formatted(satellite.jar()));
    }
    runtime
        .library()
        .ifPresent(path -> {
          if (!Files.exists(path)) {
            problems.add(prefix + "library: no jar or folder " + path);
          }
          checkPath(problems, prefix + "library", path);
        });
    surroundings.checkShowable(problems, prefix, runtime.sandbox());
    return problems;
  }

  private void checkInterpreter(List<String> problems, String key, Path interpreter) {
    if (!Files.isExecutable(interpreter)) {
      problems.add(
          "%s: %s is no program that can be run; install a JDK %d and name its bin/java"
              .formatted(key, interpreter, JDK_MIN));
      return;
    }
    checkPath(problems, key, interpreter);
    Optional<Integer> version = version(interpreter);
    if (version.isEmpty() || version.get() < JDK_MIN) {
      problems.add(
          "%s: %s belongs to Java %s; a JDK %d is needed"
              .formatted(
                  key,
                  interpreter,
                  version.map(Object::toString).orElse("of an unknown version"),
                  JDK_MIN));
    }
  }

  /// What the file says that every JDK has.
  private static Optional<Integer> version(Path interpreter) {
    try {
      Matcher found = JAVA_VERSION.matcher(Files.readString(JavaSatellite.release(interpreter)));
      return found.find() ? Optional.of(Integer.parseInt(found.group(1))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void checkPath(List<String> problems, String key, Path path) {
    surroundings.checkReachable(problems, key, path);
    surroundings.checkShowable(problems, key, path);
  }

  @Override
  public List<Path> watched(RuntimeConfig runtime) {
    var watched = new ArrayList<Path>();
    watched.add(satellite.library());
    watched.add(JavaSatellite.release(runtime.interpreter()));
    runtime.library().ifPresent(watched::add);
    return watched;
  }

  @Override
  public ZygoteSpec zygote(RuntimeConfig runtime) {
    var environment = new LinkedHashMap<>(ENVIRONMENT);
    environment.putAll(runtime.environment());
    environment.put("LAUNCHPAD_RUNTIME", runtime.name());
    runtime
        .library()
        .ifPresent(path -> environment.put("LAUNCHPAD_JAVA_CLASS_PATH", path.toString()));
    return new ZygoteSpec(
        runtime.name(),
        ZygoteSpec.Satellites.EXECUTED,
        command(runtime),
        environment,
        surroundings.policy(FAMILY, satellite.library(), runtime),
        startTimeout);
  }

  private List<String> command(RuntimeConfig runtime) {
    var command = new ArrayList<String>();
    command.add(runtime.interpreter().toString());
    command.add("@" + satellite.options());
    command.addAll(SHARES);
    command.addAll(classCache(runtime));
    command.addAll(satellite.arguments());
    return command;
  }

  /// The cache of exactly these jars, options and JDK, if there is one: any other would run the
  /// classes it was made of, whatever the jars hold (JDK-8377932).
  private List<String> classCache(RuntimeConfig runtime) {
    try {
      Path cache = satellite.cache(runtime.interpreter());
      if (Files.isReadable(cache)) {
        return List.of("-XX:AOTCache=" + cache);
      }
      LOG.atWarn()
          .addKeyValue("runtime", runtime.name())
          .addKeyValue("cache", cache)
          .addKeyValue("mend", mend(runtime))
          .log("no class cache for this JDK and these jars: satellites start more slowly");
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("runtime", runtime.name()).log("the class cache is not used", e);
    }
    return List.of();
  }

  @Override
  public List<String> trial(RuntimeConfig runtime) {
    var command = new ArrayList<String>();
    command.add(runtime.interpreter().toString());
    command.add("@" + satellite.options());
    command.addAll(classCache(runtime));
    command.addAll(satellite.arguments());
    command.add("--check");
    return command;
  }

  @Override
  public String mend(RuntimeConfig runtime) {
    return "%s %s".formatted(satellite.library().resolve("make-cache"), runtime.interpreter());
  }
}
