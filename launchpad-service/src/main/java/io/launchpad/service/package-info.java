// SPDX-License-Identifier: Apache-2.0

/// The service's entry: the command, and the wiring of all its parts by constructors.
@NullMarked
package io.launchpad.service;

import org.jspecify.annotations.NullMarked;
