// SPDX-License-Identifier: Apache-2.0
/// What a session ends with when it does not succeed, in the words of the protocol.
@NullMarked
package io.launchpad.satellite.error;

import org.jspecify.annotations.NullMarked;
