// SPDX-License-Identifier: Apache-2.0
/// What a SQL engine embeds to have scripts run: connect, execute, stream, cancel.
///
/// [LaunchpadClient] is the entry. It speaks to launchpad, or straight to a satellite that listens
/// on a socket; it cannot tell the difference. It knows neither SQL nor any script language.
@NullMarked
package io.launchpad.client;

import org.jspecify.annotations.NullMarked;
