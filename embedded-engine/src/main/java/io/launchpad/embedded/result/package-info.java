// SPDX-License-Identifier: Apache-2.0
/// What statements give: result sets, messages, and who listens to them.
@NullMarked
package io.launchpad.embedded.result;

import org.jspecify.annotations.NullMarked;
