// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.session;

import java.time.Duration;

/// When a session's time is over.
///
/// @param allowed from the arrival of its request
/// @param key where that is configured, if the request does not ask for less
/// @param nanos on the service's clock
record SessionDeadline(Duration allowed, String key, long nanos) {}
