// SPDX-License-Identifier: Apache-2.0
/// Tests of the worker pool: hand-written fakes, a seeded simulation and a stress test with real
/// threads.
@NullMarked
package io.launchpad.pool;

import org.jspecify.annotations.NullMarked;
