// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sdk.spi;

import io.launchpad.sdk.Call;
import org.jspecify.annotations.Nullable;

/// The call that the process executes; it has one at most.
public final class CurrentCall {
  private static volatile @Nullable Call current;

  private CurrentCall() {}

  /// The call that is being executed.
  public static Call get() {
    Call call = current;
    if (call == null) {
      throw new IllegalStateException("no call is being executed");
    }
    return call;
  }

  /// To be called by the satellite around each execution.
  public static void set(@Nullable Call call) {
    current = call;
  }
}
