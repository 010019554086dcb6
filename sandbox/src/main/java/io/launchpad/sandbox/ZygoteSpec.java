// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How to start a zygote.
///
/// @param runtime the runtime's name, for reports
/// @param command program (an absolute path) and arguments; readable by the zygote's uid
/// @param environment its whole environment; nothing is inherited
/// @param startTimeout how long importing and warming may take
public record ZygoteSpec(
    String runtime,
    List<String> command,
    Map<String, String> environment,
    SandboxPolicy policy,
    Duration startTimeout) {

  public ZygoteSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty() || !command.getFirst().startsWith("/")) {
      throw new IllegalArgumentException("a zygote's program must be an absolute path: " + command);
    }
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("start timeout must be positive: " + startTimeout);
    }
  }
}
