// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import io.launchpad.sandbox.SandboxPolicy.Scratch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One runtime: an installed interpreter environment under a name, and what its zygote warms.
public record RuntimeConfig(
    String name,
    String language,
    Start start,
    Path interpreter,
    Optional<Path> library,
    List<String> imports,
    Map<String, String> environment,
    boolean standard,
    int parkedMin,
    int parkedMax,
    RuntimeSandbox sandbox) {

  /// How its satellites come into being.
  public enum Start {
    /// Forked from an interpreter that has imported everything.
    FORK,
    /// Executed, each importing for itself: slower, for packages that cannot be forked.
    EXEC
  }

  public RuntimeConfig {
    imports = List.copyOf(imports);
    environment = Map.copyOf(environment);
  }

  static RuntimeConfig read(ConfigReader in, String name, Scratch scratch) {
    String prefix = "runtime." + name + ".";
    String language = in.string(prefix + "language", "");
    if (language.isEmpty()) {
      in.missing(prefix + "language", language);
    }
    boolean java = language.equalsIgnoreCase(JavaCode.LANGUAGE);
    boolean python = language.equalsIgnoreCase("python");
    var imports = in.list(prefix + "imports", python ? List.of("pandas", "pyarrow") : List.of());
    imports.stream()
        .filter(module -> !module.matches("[A-Za-z_][A-Za-z0-9_.]*"))
        .forEach(module ->
            in.problem(
                prefix + "imports", prefix + "imports: not the name of a package: " + module));
    var environment = new LinkedHashMap<>(in.map(prefix + "environment."));
    if (java) {
      environment.putAll(JavaCode.read(in, prefix));
    }
    int parkedMin = in.integer(prefix + "parked-min", 2, 0, 1_000);
    int parkedMax = in.integer(prefix + "parked-max", 4, 0, 1_000);
    if (parkedMin > parkedMax) {
      in.problem(prefix + "parked-min", prefix + "parked-min is larger than parked-max");
    }
    return new RuntimeConfig(
        name,
        language,
        in.choice(prefix + "start", Start.class, java ? Start.EXEC : Start.FORK),
        in.requiredPath(prefix + "interpreter"),
        in.optionalPath(prefix + "library"),
        imports,
        environment,
        in.flag(prefix + "default", false),
        parkedMin,
        parkedMax,
        RuntimeSandbox.read(in, prefix, scratch));
  }

  static List<RuntimeConfig> readAll(ConfigReader in, Scratch scratch) {
    var runtimes = new ArrayList<RuntimeConfig>();
    for (String name : in.names("runtime")) {
      runtimes.add(read(in, name, scratch));
    }
    if (runtimes.isEmpty()) {
      in.problem("runtime", "no runtime: set runtime.NAME.language and runtime.NAME.interpreter");
    }
    for (String language : runtimes.stream().map(RuntimeConfig::language).distinct().toList()) {
      var ofLanguage = runtimes.stream().filter(r -> r.language().equals(language)).toList();
      long standards = ofLanguage.stream().filter(RuntimeConfig::standard).count();
      if (standards > 1 || (standards == 0 && ofLanguage.size() > 1)) {
        in.problem(
            "runtime." + ofLanguage.getLast().name() + ".default",
            "language " + language + " needs exactly one runtime with default = true");
      }
    }
    return List.copyOf(runtimes);
  }
}
