// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.satellite.code.CodePolicy;
import io.launchpad.satellite.console.Console;

/// What a session finds in its process.
///
/// @param runtime the runtime's name
public record SessionSetting(
    String runtime, CodePolicy code, Console console, Interrupts interrupts) {
  /// The language as requests and the handshake name it.
  public static final String LANGUAGE = "Java";
}
