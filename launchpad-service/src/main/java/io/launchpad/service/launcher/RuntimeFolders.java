// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.service.config.RuntimeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The folders that runtimes of one launcher are made of: whether they are there and satellites
/// reach them, and what of the host a satellite therefore sees.
///
/// @param libraryKey the configuration key of `library`
/// @param library the folder that holds the satellite's own package
/// @param satellite that package's name
record RuntimeFolders(
    String libraryKey, Path library, String satellite, Surroundings surroundings) {

  /// What keeps the runtime from working, a sentence each.
  ///
  /// @param language what to install when there is no interpreter
  List<String> verify(RuntimeConfig runtime, String language) {
    var problems = new ArrayList<String>();
    Path interpreter = runtime.interpreter();
    if (!Files.isExecutable(interpreter)) {
      problems.add(
          "runtime.%s.interpreter: %s is no program that can be run; install %s"
              .formatted(runtime.name(), interpreter, language));
    } else {
      surroundings.checkReachable(
          problems, "runtime." + runtime.name() + ".interpreter", interpreter);
    }
    if (!Files.isDirectory(library.resolve(satellite))) {
      problems.add(
          "%s: %s holds no package %s; reinstall Launchpad or correct the key"
              .formatted(libraryKey, library, satellite));
    } else {
      surroundings.checkReachable(problems, libraryKey, library);
    }
    checkShowable(problems, runtime);
    runtime
        .library()
        .ifPresent(path -> {
          if (!Files.isDirectory(path)) {
            problems.add("runtime.%s.library: no folder %s".formatted(runtime.name(), path));
          } else {
            surroundings.checkReachable(problems, "runtime." + runtime.name() + ".library", path);
          }
        });
    return problems;
  }

  private void checkShowable(List<String> problems, RuntimeConfig runtime) {
    String prefix = "runtime.%s.".formatted(runtime.name());
    InterpreterFolders.of(runtime.interpreter())
        .forEach(folder -> surroundings.checkShowable(problems, prefix + "interpreter", folder));
    surroundings.checkShowable(problems, libraryKey, library);
    runtime
        .library()
        .ifPresent(path -> surroundings.checkShowable(problems, prefix + "library", path));
    surroundings.checkShowable(problems, prefix, runtime.sandbox());
  }

  /// @param family the policy in sandbox/policy that satellites are confined by
  SandboxPolicy policy(RuntimeConfig runtime, String family) {
    return surroundings.policy(family, library, runtime);
  }
}
