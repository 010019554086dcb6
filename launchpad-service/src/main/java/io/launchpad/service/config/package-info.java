// SPDX-License-Identifier: Apache-2.0

/// The service's configuration: one properties file, read once into one record per part.
///
/// A record states its keys, defaults and bounds in its own `read` method. Every problem of a file
/// is reported at once, with file and line. Nothing here opens a socket or starts anything.
@NullMarked
package io.launchpad.service.config;

import org.jspecify.annotations.NullMarked;
