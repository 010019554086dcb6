// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

import java.util.function.Predicate;

/// Ends parked satellites, so that others are parked in their place.
@FunctionalInterface
public interface ParkedEnder {
  /// As `WorkerPool.endOutdated`.
  int endOutdated(Predicate<? super Satellite> outdated, int max);
}
