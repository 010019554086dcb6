// SPDX-License-Identifier: Apache-2.0
/// Java objects as values of Arrow vectors: exactly, or an error.
@NullMarked
package io.launchpad.satellite.convert;

import org.jspecify.annotations.NullMarked;
