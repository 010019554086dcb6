// SPDX-License-Identifier: Apache-2.0

/// What launchpad knows about languages: how a runtime's zygote is started, and how a satellite of
/// it is parked.
///
/// Only runtimes of the configuration exist, and only launchers named here are trusted.
@NullMarked
package io.launchpad.service.launcher;

import org.jspecify.annotations.NullMarked;
