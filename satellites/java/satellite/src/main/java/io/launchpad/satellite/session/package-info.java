// SPDX-License-Identifier: Apache-2.0
/// A session: from `EXECUTE` to the terminal message.
@NullMarked
package io.launchpad.satellite.session;

import org.jspecify.annotations.NullMarked;
