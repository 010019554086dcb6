// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// A user and group of the operating system that one worker at a time runs under.
public record WorkerAccount(String name, int uid, int gid) {
  public WorkerAccount {
    Checks.notEmpty(name, "name");
    Checks.atLeast(0, uid, "uid");
    Checks.atLeast(0, gid, "gid");
  }
}
