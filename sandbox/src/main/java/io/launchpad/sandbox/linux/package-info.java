// SPDX-License-Identifier: Apache-2.0
/// The sandbox on Linux: the broker's client and the draining of output pipes.
///
/// The only package that calls native code, and {@link io.launchpad.sandbox.linux.Posix} the only
/// class. Everything in it that holds a descriptor holds it through {@link
/// io.launchpad.sandbox.linux.Descriptor}, which closes it once.
@NullMarked
package io.launchpad.sandbox.linux;

import org.jspecify.annotations.NullMarked;
