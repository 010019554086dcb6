// SPDX-License-Identifier: Apache-2.0

/// What the service says about itself to machines: metrics, health, and the HTTP endpoint that
/// serves both.
///
/// Nothing here decides anything; the parts report through observers and do not know what listens.
@NullMarked
package io.launchpad.service.monitoring;

import org.jspecify.annotations.NullMarked;
