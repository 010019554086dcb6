// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.concurrent.CompletionStage;

/// The two output pipes of one satellite, drained for as long as they are open: nobody pauses them
/// to slow a writer down.
public interface SatelliteOutput {

  /// Completes when all that had been written to both pipes before this call has been delivered.
  CompletionStage<Void> drained();

  /// The last bytes delivered, at most {@link #TAIL_BYTES_MAX}.
  byte[] tail(OutputStreamKind stream);

  int TAIL_BYTES_MAX = 4096;
}
