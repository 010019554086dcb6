// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How to start a zygote.
///
/// @param runtime the runtime's name, for reports
/// @param satellites how they come from it
/// @param command program (an absolute path) and arguments, of the zygote itself or of each
///   satellite; readable by the zygote's uid
/// @param environment its whole environment; nothing is inherited
/// @param startTimeout how long importing and warming may take
public record ZygoteSpec(
    String runtime,
    Satellites satellites,
    List<String> command,
    Map<String, String> environment,
    SandboxPolicy policy,
    Duration startTimeout) {

  /// How satellites come from a zygote.
  public enum Satellites {
    /// The command is a zygote: an interpreter that is forked when it is warm.
    FORKED,
    /// The command is executed for each satellite, which warms itself: for what cannot be forked.
    EXECUTED
  }

  public ZygoteSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty() || !command.getFirst().startsWith("/")) {
      throw new IllegalArgumentException("a program must be an absolute path: " + command);
    }
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("start timeout must be positive: " + startTimeout);
    }
  }
}
