// SPDX-License-Identifier: Apache-2.0
/// A launchpad service of the command's own, as a child process.
///
/// Knows the service only from outside: its command, its configuration file, its socket.
@NullMarked
package io.launchpad.cli.service;

import org.jspecify.annotations.NullMarked;
