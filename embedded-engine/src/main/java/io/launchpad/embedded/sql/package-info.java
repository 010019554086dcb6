// SPDX-License-Identifier: Apache-2.0
/// T-SQL: batches, statements, type names and variables, as far as the engine reads them itself.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.sql;

import org.jspecify.annotations.NullMarked;
