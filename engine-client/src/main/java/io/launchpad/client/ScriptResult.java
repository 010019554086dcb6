// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.Message.Times;
import io.launchpad.protocol.Message.Usage;
import java.util.List;
import java.util.Optional;

/// What launchpad says of an execution that succeeded.
///
/// @param outputs totals of each output, in the order of the request, and of the output parameters
/// @param usage measured by launchpad
/// @param advisory what the satellite says of itself
/// @param runs how many times the script ran, as its satellite says: nobody checks it
public record ScriptResult(
    List<StreamTotal> outputs,
    Times times,
    Optional<Usage> usage,
    Optional<Usage> advisory,
    long runs) {
  public ScriptResult {
    outputs = List.copyOf(outputs);
  }
}
