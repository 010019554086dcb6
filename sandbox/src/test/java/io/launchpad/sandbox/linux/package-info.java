// SPDX-License-Identifier: Apache-2.0
/// Tests of the broker and its client.
///
/// The `*IT` classes start the real broker with {@link io.launchpad.sandbox.linux.BrokerProcess};
/// the service it runs is {@link io.launchpad.sandbox.linux.ScenarioMain}, which plays one scenario
/// by name.
@NullMarked
package io.launchpad.sandbox.linux;

import org.jspecify.annotations.NullMarked;
