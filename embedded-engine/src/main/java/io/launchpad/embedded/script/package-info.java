// SPDX-License-Identifier: Apache-2.0
/// Where scripts are run: what the engine asks for, and the launchpad as the one that does it.
///
/// Knows nothing of T-SQL, statements or DuckDB.
@NullMarked
package io.launchpad.embedded.script;

import org.jspecify.annotations.NullMarked;
