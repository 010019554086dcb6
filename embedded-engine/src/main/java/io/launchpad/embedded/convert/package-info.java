// SPDX-License-Identifier: Apache-2.0
/// A result as the caller declared it, made from the result as a script or DuckDB sent it.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.convert;

import org.jspecify.annotations.NullMarked;
