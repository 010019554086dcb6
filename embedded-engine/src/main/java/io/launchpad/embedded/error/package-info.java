// SPDX-License-Identifier: Apache-2.0
/// What a failed statement reports.
///
/// Knows only that errors can point at places.
@NullMarked
package io.launchpad.embedded.error;

import org.jspecify.annotations.NullMarked;
