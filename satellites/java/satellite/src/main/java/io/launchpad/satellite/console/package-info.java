// SPDX-License-Identifier: Apache-2.0
/// What the script prints, on its way to the caller while it runs.
@NullMarked
package io.launchpad.satellite.console;

import org.jspecify.annotations.NullMarked;
