// SPDX-License-Identifier: Apache-2.0
/// The Java satellite: one process that reads frames, runs one script, writes frames, and ends.
@NullMarked
package io.launchpad.satellite;

import org.jspecify.annotations.NullMarked;
