// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.monitoring;

import java.time.Duration;

/// Hears what becomes of zygotes. Every method does nothing unless overridden and returns at once.
public interface ZygoteObserver {
  /// Hears nothing.
  ZygoteObserver NONE = new ZygoteObserver() {};

  /// Why a zygote is replaced.
  enum Cause {
    /// The packages on disk, or the interpreter, are no longer those it was started with.
    PACKAGES,
    /// It keeps more memory than it may.
    GROWTH,
    /// It has served as long as it may.
    AGE,
    /// As many satellites came of it as may.
    FORKS
  }

  /// The zygote that serves a runtime now.
  ///
  /// @param serving whether there is one; else the others are 0
  /// @param memoryBytes when it was last looked at
  /// @param retired zygotes before it that have sessions left
  record Figures(boolean serving, Duration age, long memoryBytes, long forks, int retired) {}

  /// A zygote was replaced by a new one.
  default void retired(String runtime, Cause cause) {}

  /// A zygote could not be started, the first one or one to replace another.
  default void notStarted(String runtime) {}
}
