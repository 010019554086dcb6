// SPDX-License-Identifier: Apache-2.0
/// The default engine: DuckDB in process, with `EXEC sp_execute_external_script` over the engine
/// client.
///
/// Knows nothing of how the launchpad runs scripts, nor of terminals.
@NullMarked
package io.launchpad.embedded;

import org.jspecify.annotations.NullMarked;
