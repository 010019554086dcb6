// SPDX-License-Identifier: Apache-2.0
/// The default engine: DuckDB in process, with `EXEC sp_execute_external_script` over the engine
/// client.
///
/// Knows nothing of how the launchpad runs scripts, nor of terminals.
///
/// An engine's user needs this package and `error`, `result`, `script` and `type` below it. The
/// others are internal and say so. Each package uses only those after it in this list:
///
/// | package | what |
/// |---|---|
/// | (this) | the engine: statements one after another |
/// | `call` | `EXEC sp_execute_external_script`, from arguments to output parameters |
/// | `script` | where scripts are run |
/// | `convert` | results as they were declared |
/// | `result` | what statements give |
/// | `duck` | DuckDB |
/// | `arrow` | SQL types in Arrow |
/// | `sql` | T-SQL's statements |
/// | `cast` | casts of single values |
/// | `type` | SQL types and values |
/// | `token` | SQL text in pieces |
/// | `error` | what failed |
@NullMarked
package io.launchpad.embedded;

import org.jspecify.annotations.NullMarked;
