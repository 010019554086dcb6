// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import java.time.Duration;
import java.util.Optional;

/// What every call of an engine is held to.
///
/// @param tasksMax into how many tasks a call with `@parallel = 1` is split at most
/// @param rowsPerTaskMin below this many rows for each task, fewer tasks are made
/// @param deadline how long a call may take; empty for the launchpad's own limit
public record CallLimits(int tasksMax, long rowsPerTaskMin, Optional<Duration> deadline) {}
