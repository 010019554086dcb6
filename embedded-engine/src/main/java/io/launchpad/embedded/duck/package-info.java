// SPDX-License-Identifier: Apache-2.0
/// DuckDB: what statements become for it, how they are run, and what its errors mean.
///
/// Knows nothing of scripts.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.duck;

import org.jspecify.annotations.NullMarked;
