// SPDX-License-Identifier: Apache-2.0

/// The policies in sandbox/policy as people read them.
@NullMarked
package io.launchpad.sandbox.policy;

import org.jspecify.annotations.NullMarked;
