// SPDX-License-Identifier: Apache-2.0

/// Engines: where they connect, how they prove who they are, and what each may ask for.
@NullMarked
package io.launchpad.service.engine;

import org.jspecify.annotations.NullMarked;
