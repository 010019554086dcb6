// SPDX-License-Identifier: Apache-2.0
/// Tests of the whole: real processes, faulty transports, misbehaving satellites, and rules about
/// the repository.
///
/// Nothing depends on this module.
@NullMarked
package io.launchpad.system;

import org.jspecify.annotations.NullMarked;
