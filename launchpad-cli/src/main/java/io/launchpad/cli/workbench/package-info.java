// SPDX-License-Identifier: Apache-2.0
/// An embedded engine with a launchpad behind it: what every command of this module works on.
@NullMarked
package io.launchpad.cli.workbench;

import org.jspecify.annotations.NullMarked;
