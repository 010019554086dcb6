// SPDX-License-Identifier: Apache-2.0

/// `doctor`: looks at the machine and the configuration before a service runs, and says what would
/// keep it from working. Changes nothing.
@NullMarked
package io.launchpad.service.doctor;

import org.jspecify.annotations.NullMarked;
