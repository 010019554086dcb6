// SPDX-License-Identifier: Apache-2.0
/// Benchmarks of what the protocol keeps to itself.
@NullMarked
package io.launchpad.protocol;

import org.jspecify.annotations.NullMarked;
