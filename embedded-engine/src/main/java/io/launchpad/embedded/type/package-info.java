// SPDX-License-Identifier: Apache-2.0
/// SQL Server's scalar types and the values they have, as the engine sees them.
///
/// Knows neither Arrow nor DuckDB.
@NullMarked
package io.launchpad.embedded.type;

import org.jspecify.annotations.NullMarked;
