// SPDX-License-Identifier: Apache-2.0
/// Between the satellite and the SDK; scripts have no use for it.
@NullMarked
package io.launchpad.sdk.spi;

import org.jspecify.annotations.NullMarked;
