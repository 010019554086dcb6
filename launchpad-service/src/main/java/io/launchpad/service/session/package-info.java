// SPDX-License-Identifier: Apache-2.0

/// Sessions: one request from its arrival to its terminal message, and the relay that owns its data
/// path.
///
/// A session decides on a virtual thread of its own, from events; the relay moves bytes on Netty's
/// loops and never blocks. Nothing that comes from a satellite is trusted.
@NullMarked
package io.launchpad.service.session;

import org.jspecify.annotations.NullMarked;
