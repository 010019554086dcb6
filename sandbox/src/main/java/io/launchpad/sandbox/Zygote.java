// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.concurrent.CompletionStage;

/// A warm process of one runtime, from which satellites are forked.
public interface Zygote {

  /// Never used twice while the broker lives.
  long id();

  String runtime();

  /// The memory it keeps for itself, in bytes: what it shares with nobody but its forks, in swap or
  /// not. Always completes; with 0 when it is gone, or not to be seen.
  CompletionStage<Long> memory();

  /// Forks no more; ends after its last satellite has.
  void retire();

  /// Ends it and its satellites now.
  void kill();

  /// Completes, always normally, after the last of its satellites has been reported.
  CompletionStage<ZygoteExit> exited();
}
