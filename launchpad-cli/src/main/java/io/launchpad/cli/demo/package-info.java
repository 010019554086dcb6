// SPDX-License-Identifier: Apache-2.0
/// `launchpad demo`: what the system does, on real data, in eight calls.
@NullMarked
package io.launchpad.cli.demo;

import org.jspecify.annotations.NullMarked;
