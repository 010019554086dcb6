// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// Whom a session runs for: the engine as it authenticated itself, and the user that engine names.
///
/// @param engineId from the engine's authentication only, never from a message
/// @param principal the engine's own user; opaque
public record Identity(String engineId, String principal) {
  public Identity {
    Checks.notEmpty(engineId, "engineId");
    Checks.notEmpty(principal, "principal");
  }

  @Override
  public String toString() {
    return engineId + "/" + principal;
  }
}
