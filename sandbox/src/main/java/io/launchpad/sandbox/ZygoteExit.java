// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// How a zygote ended.
///
/// @param reason what the broker knows beyond the status; may be empty
/// @param lastOutput the end of what it wrote to stdout and stderr
public record ZygoteExit(Ending ending, String reason, String lastOutput) {

  /// One sentence for a log or an error, without the output.
  public String describe() {
    return reason.isEmpty() ? ending.describe() : ending.describe() + ": " + reason;
  }
}
