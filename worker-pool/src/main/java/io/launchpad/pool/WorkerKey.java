// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// What decides whether a parked worker suits a request: all that is fixed when a worker is parked.
///
/// @param runtime the interpreter environment
/// @param resourcePool the named limits the worker was started under
/// @param scratchBytes the size of its working folder
public record WorkerKey(String runtime, String resourcePool, long scratchBytes) {
  public WorkerKey {
    Checks.notEmpty(runtime, "runtime");
    Checks.notEmpty(resourcePool, "resourcePool");
    Checks.atLeast(0, scratchBytes, "scratchBytes");
  }

  @Override
  public String toString() {
    return runtime + "/" + resourcePool + "/" + scratchBytes;
  }
}
