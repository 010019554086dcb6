// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import io.launchpad.sandbox.Zygote;
import java.time.Duration;
import java.util.function.Consumer;

/// A zygote that is ready, with what decides how long it may serve.
final class LiveZygote {
  private final Zygote zygote;
  private final PackageStamp packages;
  private final long readyNanos;
  private long forks;
  private boolean retired;
  private volatile long memoryAtFirst;
  private volatile long memory;
  private volatile boolean outdated;

  /// @param packages as they were before it was started
  LiveZygote(Zygote zygote, PackageStamp packages, long readyNanos) {
    this.zygote = zygote;
    this.packages = packages;
    this.readyNanos = readyNanos;
    measure();
  }

  Zygote zygote() {
    return zygote;
  }

  PackageStamp packages() {
    return packages;
  }

  Duration age(long nowNanos) {
    return Duration.ofNanos(nowNanos - readyNanos);
  }

  /// Calls `fork`, which may ask the sandbox for a satellite: a zygote that is retired meanwhile is
  /// told after that.
  ///
  /// @return false when it takes no more
  synchronized boolean fork(Consumer<LiveZygote> fork) {
    if (retired) {
      return false;
    }
    forks++;
    fork.accept(this);
    return true;
  }

  synchronized long forks() {
    return forks;
  }

  /// It forks no more, and ends after its last session.
  ///
  /// @param withPackages whether what it has imported is no longer to be used
  synchronized void retire(boolean withPackages) {
    retired = true;
    outdated = withPackages;
    zygote.retire();
  }

  /// Whether its satellites have packages that are no longer to be used.
  boolean isOutdated() {
    return outdated;
  }

  /// Asks how large it is; the answer is there at the next look.
  void measure() {
    var _ = zygote.memory().thenAccept(this::measured);
  }

  private void measured(long bytes) {
    if (bytes > 0) {
      memoryAtFirst = memoryAtFirst == 0 ? bytes : memoryAtFirst;
      memory = bytes;
    }
  }

  long memory() {
    return memory;
  }

  long growth() {
    return memory - memoryAtFirst;
  }
}
