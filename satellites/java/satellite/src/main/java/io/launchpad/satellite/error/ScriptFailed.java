// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.error;

import io.launchpad.protocol.ErrorInfo;
import java.io.Serial;

/// The script ended by what it threw, or did not compile.
public final class ScriptFailed extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient ErrorInfo error;

  public ScriptFailed(ErrorInfo error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public ErrorInfo error() {
    return error;
  }
}
