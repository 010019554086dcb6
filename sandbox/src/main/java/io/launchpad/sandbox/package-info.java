// SPDX-License-Identifier: Apache-2.0
/// The sandbox: policy as data, and starting, ending and hearing of the processes it holds.
///
/// Start at {@link io.launchpad.sandbox.Sandbox}. Knows nothing of the wire protocol, of data or of
/// the pool: a satellite here is four descriptors and an exit report. Native calls live in
/// `io.launchpad.sandbox.linux` and nowhere else.
@NullMarked
package io.launchpad.sandbox;

import org.jspecify.annotations.NullMarked;
