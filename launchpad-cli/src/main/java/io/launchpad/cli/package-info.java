// SPDX-License-Identifier: Apache-2.0
/// The `sql` and `demo` commands.
///
/// Knows nothing of the service's inside.
@NullMarked
package io.launchpad.cli;

import org.jspecify.annotations.NullMarked;
