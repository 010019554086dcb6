// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// What decides whether a parked worker suits a request: all that is fixed when a worker is parked.
///
/// @param runtime the interpreter environment, with the size of its working folder
/// @param resourcePool the named limits the worker was started under
public record WorkerKey(String runtime, String resourcePool) {
  public WorkerKey {
    Checks.notEmpty(runtime, "runtime");
    Checks.notEmpty(resourcePool, "resourcePool");
  }

  @Override
  public String toString() {
    return runtime + "/" + resourcePool;
  }
}
