// SPDX-License-Identifier: Apache-2.0
/// `EXEC sp_execute_external_script`: its arguments bound, its input read, its tasks run, its
/// result and output parameters taken.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.call;

import org.jspecify.annotations.NullMarked;
