// SPDX-License-Identifier: Apache-2.0
/// Casts of single values as SQL Server makes them, without its silent losses.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.cast;

import org.jspecify.annotations.NullMarked;
