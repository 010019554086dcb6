// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.config;

import io.launchpad.sandbox.SandboxPolicy.Scratch;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the satellites of one runtime may do beyond the policy of their language.
///
/// @param readable folders and files of the host that they see, read-only
/// @param sockets Unix sockets of the host that they may connect to
/// @param scratch how much a session may write
public record RuntimeSandbox(List<Path> readable, List<Path> sockets, Scratch scratch) {

  public RuntimeSandbox {
    readable = List.copyOf(readable);
    sockets = List.copyOf(sockets);
  }

  static RuntimeSandbox read(ConfigReader in, String prefix, Scratch standard) {
    return new RuntimeSandbox(
        paths(in, prefix + "readable"),
        paths(in, prefix + "sockets"),
        SandboxConfig.scratch(in, prefix, standard));
  }

  private static List<Path> paths(ConfigReader in, String key) {
    var paths = new ArrayList<Path>();
    for (String typed : in.list(key, List.of())) {
      try {
        Path path = Path.of(typed);
        if (!path.isAbsolute() || path.getNameCount() == 0) {
          in.problem(key, key + ": not an absolute path below the root: " + typed);
        }
        paths.add(path.normalize());
      } catch (InvalidPathException e) {
        in.problem(key, key + ": not a path: " + typed);
      }
    }
    return paths;
  }
}
