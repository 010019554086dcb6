// SPDX-License-Identifier: Apache-2.0
/// The data of a session: inputs, outputs and parameters between the streams of the protocol and
/// the SDK that scripts see.
@NullMarked
package io.launchpad.satellite.data;

import org.jspecify.annotations.NullMarked;
