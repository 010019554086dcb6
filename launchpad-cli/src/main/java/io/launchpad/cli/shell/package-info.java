// SPDX-License-Identifier: Apache-2.0
/// `launchpad sql`: statements from a file, an argument, standard input or a person at a terminal.
@NullMarked
package io.launchpad.cli.shell;

import org.jspecify.annotations.NullMarked;
