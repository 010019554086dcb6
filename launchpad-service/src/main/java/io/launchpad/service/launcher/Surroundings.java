// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.SandboxPolicy;
import io.launchpad.service.config.RuntimeConfig;
import io.launchpad.service.config.RuntimeSandbox;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;

/// What satellites run in, whatever their language.
///
/// @param othersAccounts whether they run as other users than the service
/// @param confined whether they are shut in
public record Surroundings(boolean othersAccounts, boolean confined) {
  /// Where satellites run as other users, every folder on the way must let them through.
  void checkReachable(List<String> problems, String key, Path path) {
    if (othersAccounts) {
      Passage.problem(path).ifPresent(problem -> problems.add(key + ": " + problem));
    }
  }

  /// Where satellites are shut in, the path must be one that can be shown. The broker would refuse
  /// it too, when the runtime's zygote starts.
  void checkShowable(List<String> problems, String key, Path path) {
    if (confined) {
      OwnInside.problem(path).ifPresent(problem -> problems.add(key + ": " + problem));
    }
  }

  /// The same for what a runtime's configuration shows beside its folders.
  void checkShowable(List<String> problems, String prefix, RuntimeSandbox sandbox) {
    sandbox.readable().forEach(path -> checkShowable(problems, prefix + "readable", path));
    sandbox.sockets().forEach(path -> checkShowable(problems, prefix + "sockets", path));
  }

  /// What of the host a runtime's satellites see.
  ///
  /// @param family the policy in sandbox/policy that they are confined by
  /// @param library the folder that holds the satellite itself
  SandboxPolicy policy(String family, Path library, RuntimeConfig runtime) {
    if (!confined) {
      return SandboxPolicy.NONE;
    }
    var readable = new LinkedHashSet<Path>();
    readable.add(library);
    readable.addAll(InterpreterFolders.of(runtime.interpreter()));
    readable.addAll(runtime.library().stream().toList());
    readable.addAll(runtime.sandbox().readable());
    return new SandboxPolicy(
        new SandboxPolicy.Confinement.Full(
            family,
            runtime.sandbox().scratch(),
            List.copyOf(readable),
            runtime.sandbox().sockets()));
  }
}
