// SPDX-License-Identifier: Apache-2.0
/// The script's code: found on a class path, taken out of a jar of the request, or compiled.
@NullMarked
package io.launchpad.satellite.code;

import org.jspecify.annotations.NullMarked;
