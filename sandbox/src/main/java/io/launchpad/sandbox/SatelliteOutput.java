// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.concurrent.CompletionStage;

/// The two output pipes of one satellite, drained for as long as they are open.
public interface SatelliteOutput {

  /// Stops reading one pipe. At most one more piece is delivered; then the pipe fills and its
  /// writers wait. Ends with {@link #resume} or with the satellite.
  void pause(OutputStreamKind stream);

  void resume(OutputStreamKind stream);

  /// Completes when all that had been written to both pipes before this call has been delivered.
  /// Waits for paused pipes.
  CompletionStage<Void> drained();

  /// The last bytes delivered, at most {@link #TAIL_BYTES_MAX}.
  byte[] tail(OutputStreamKind stream);

  int TAIL_BYTES_MAX = 4096;
}
